-- Let a paused schedule fire again, from its next time on: what fell into the pause was not missed.
-- False when it is active already.
-- Locks: the schedule's row. Raises: NE404, NE403 when another role owns it.
create or replace function noetl.resume_schedule(p_name text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  update noetl.schedule as s
  set
    is_active = true,
    next_at = noetl_internal.next_instant(
      noetl_internal.parse_cron(s.cron), s.time_zone, noetl_internal.clock_now()
    ),
    updated_at = noetl_internal.clock_now()
  where
    s.name = p_name and not s.is_active
    and noetl_internal.may_manage_schedule(s.run_as, session_user);
  if found then
    return true;
  end if;
  perform noetl_internal.require_schedule(p_name, session_user);
  return false;
end;
$function$;

comment on function noetl.resume_schedule(text)
is 'Let a paused schedule fire again; false when it is active already.';
revoke all on function noetl.resume_schedule(text) from public;
grant execute on function noetl.resume_schedule(text) to noetl_runner, noetl_operator;
