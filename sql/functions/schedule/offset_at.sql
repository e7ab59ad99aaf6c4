-- How far the clocks of a zone are ahead of UTC at an instant.
create or replace function noetl_internal.offset_at(
  p_at timestamptz,
  p_zone text
)
returns interval
language sql immutable parallel safe
as $function$
  select (p_at at time zone p_zone) - (p_at at time zone 'UTC')
$function$;

comment on function noetl_internal.offset_at(timestamptz, text)
is 'How far the clocks of a zone are ahead of UTC at an instant.';
