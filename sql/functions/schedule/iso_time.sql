-- An instant in ISO 8601, as clocks of a zone show it, with the offset: 2026-01-31T02:00:00+01:00.
create or replace function noetl_internal.iso_time(
  p_at timestamptz,
  p_zone text
)
returns text
language sql immutable parallel safe
as $function$
  select
    to_char(p_at at time zone p_zone, 'YYYY-MM-DD"T"HH24:MI:SS')
    || case when o.ahead < interval '0' then '-' else '+' end
    || to_char(greatest(o.ahead, -o.ahead), 'HH24:MI')
  from noetl_internal.offset_at(p_at, p_zone) as o (ahead)
$function$;

comment on function noetl_internal.iso_time(timestamptz, text)
is 'An instant in ISO 8601, as clocks of a zone show it.';
