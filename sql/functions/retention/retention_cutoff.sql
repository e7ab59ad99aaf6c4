-- Executions that ended before this time are retired; null: they are kept for ever.
create or replace function noetl_internal.retention_cutoff()
returns timestamptz
language plpgsql stable
as $function$
declare
  v_days integer := noetl_internal.setting_integer('retention_days');
begin
  if v_days <= 0 then
    return null;
  end if;
  -- Beyond a century it is for ever, and no time that PostgreSQL could not tell.
  return noetl_internal.clock_now() - make_interval(days => least(v_days, 36500));
end;
$function$;

comment on function noetl_internal.retention_cutoff()
is 'Executions that ended before this time are retired.';
