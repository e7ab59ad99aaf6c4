-- What the field at a place of a cron expression admits, ascending.
-- Raises: NE422 for an item that the field does not take.
create or replace function noetl_internal.parse_cron_field(
  p_cron text,
  p_texts text [],
  p_place integer
)
returns integer[]
language plpgsql immutable parallel safe
as $function$
declare
  v_field noetl_internal.cron_field := noetl_internal.cron_field(p_place);
begin
  return array(
    select distinct v.value
    from string_to_table(p_texts[p_place], ',') as i (item)
    cross join unnest(noetl_internal.parse_cron_item(p_cron, v_field, i.item)) as v (value)
    order by v.value
  );
end;
$function$;

comment on function noetl_internal.parse_cron_field(text, text [], integer)
is 'What a field of a cron expression admits.';
