-- A cron expression, parsed, by the rules of Vixie's cron: the day of the month or that of the week
-- is enough when neither begins with a star; a star in minute or hour makes it follow real time.
-- Raises: NE422 naming the field that is wrong.
create or replace function noetl_internal.parse_cron(p_cron text)
returns noetl_internal.cron
language plpgsql immutable parallel safe
as $function$
declare
  v_fields text[] := noetl_internal.expand_cron(p_cron);
begin
  return row(
    noetl_internal.parse_cron_field(p_cron, v_fields, 1),
    noetl_internal.parse_cron_field(p_cron, v_fields, 2),
    noetl_internal.parse_cron_field(p_cron, v_fields, 3),
    noetl_internal.parse_cron_field(p_cron, v_fields, 4),
    noetl_internal.parse_cron_field(p_cron, v_fields, 5),
    not (v_fields[3] like '*%' or v_fields[5] like '*%'),
    v_fields[1] like '*%' or v_fields[2] like '*%'
  )::noetl_internal.cron;
end;
$function$;

comment on function noetl_internal.parse_cron(text) is 'A cron expression, parsed.';
