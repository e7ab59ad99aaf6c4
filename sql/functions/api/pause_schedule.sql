-- Let a schedule rest: it does not fire until it is resumed. False when it rests already.
-- Locks: the schedule's row. Raises: NE404, NE403 when another role owns it.
create or replace function noetl.pause_schedule(p_name text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  update noetl.schedule as s
  set is_active = false, next_at = null, updated_at = noetl_internal.clock_now()
  where
    s.name = p_name and s.is_active
    and noetl_internal.may_manage_schedule(s.run_as, session_user);
  if found then
    return true;
  end if;
  perform noetl_internal.require_schedule(p_name, session_user);
  return false;
end;
$function$;

comment on function noetl.pause_schedule(text)
is 'Let a schedule rest until it is resumed; false when it rests already.';
revoke all on function noetl.pause_schedule(text) from public;
grant execute on function noetl.pause_schedule(text) to noetl_runner, noetl_operator;
