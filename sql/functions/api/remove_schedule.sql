-- Remove a schedule; false when there is none of that name. Its runs stay.
-- Locks: the schedule's row. Raises: NE403 when another role owns it.
create or replace function noetl.remove_schedule(p_name text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  delete from noetl.schedule as s
  where s.name = p_name and noetl_internal.may_manage_schedule(s.run_as, session_user);
  if found then
    return true;
  end if;
  perform noetl_internal.has_schedule(p_name, session_user);
  return false;
end;
$function$;

comment on function noetl.remove_schedule(text) is 'Remove a schedule; its runs stay.';
revoke all on function noetl.remove_schedule(text) from public;
grant execute on function noetl.remove_schedule(text) to noetl_runner, noetl_operator;
