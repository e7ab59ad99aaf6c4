-- docs/states.md: every pair of state and function; what is not in its table does nothing.
begin;
select plan(1);
create function pg_temp.move(p_from text, p_action text) returns text language plpgsql as $$
declare
  v_id bigint := noetl_test.start(
    jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(1))))
  );
  v_session uuid := noetl_test.worker('holder');
  v_other uuid := noetl_test.worker('other');
  v_command text;
begin
  if p_from = 'leased' then
    perform noetl_test.claim(v_session);
  end if;
  select c.command_id into v_command from noetl.command as c where c.execution_id = v_id;
  if p_from = 'held' then
    perform noetl.pause_execution(v_id);
  end if;
  case p_action
    when 'pause' then perform noetl.pause_execution(v_id);
    when 'resume' then perform noetl.resume_execution(v_id);
    when 'claim' then perform noetl_test.claim(v_other);
    when 'report' then perform noetl_test.report(v_session, v_id, v_command);
    when 'stranger reports' then perform noetl_test.report(v_other, v_id, v_command);
    when 'release' then perform noetl.release_commands(v_session, array[v_command]);
    when 'stranger releases' then perform noetl.release_commands(v_other, array[v_command]);
    when 'end session' then perform noetl.end_session(v_session);
    when 'restart' then perform noetl_test.worker('holder');
    when 'silence' then
      update noetl.runtime set heartbeat_at = heartbeat_at - interval '301 seconds' where session_id = v_session;
      perform noetl.reap_stale();
    when 'drain' then
      perform noetl_internal.drain_loop(v_id, (select l.loop_id from noetl.loop as l where l.execution_id = v_id));
    else perform noetl.cancel_execution(v_id);
  end case;
  return coalesce(
    (
      select c.status || case when c.command_id <> v_command then ' again' else '' end
      from noetl.command as c where c.execution_id = v_id
    ), '-'
  ) || coalesce(
    (
      select ' ' || string_agg(e.event_type, ' ') from noetl.event as e
      where
        e.execution_id = v_id and e.meta ->> 'command_id' = v_command
        and e.event_type in ('command.completed', 'command.failed', 'command.cancelled')
    ), ''
  );
end;
$$;
create temp table moved as
select f.state as was, a.name, pg_temp.move(f.state, a.name) as became
from unnest('{queued,held,leased}'::text[]) as f (state)
cross join unnest(
  '{pause,resume,claim,report,stranger reports,release,stranger releases,end session,restart,silence,drain,cancel}'::text[]
) as a (name);
select set_eq(
  'select * from moved where was <> became',
  $$
    values
      ('queued', 'pause', 'held'), ('held', 'resume', 'queued'),
      ('held', 'drain', '- command.cancelled'), ('held', 'cancel', '- command.cancelled'),
      ('queued', 'claim', 'leased'), ('leased', 'report', '- command.completed'),
      ('leased', 'release', 'queued again command.cancelled'), ('leased', 'end session', 'queued again command.cancelled'),
      ('leased', 'restart', 'queued again command.cancelled'), ('leased', 'silence', 'queued again command.cancelled'),
      ('queued', 'drain', '- command.cancelled'), ('leased', 'drain', '- command.cancelled'),
      ('queued', 'cancel', '- command.cancelled'), ('leased', 'cancel', '- command.cancelled')
  $$,
  'D-3: only the moves of the table happen'
);

select * from public.finish();  -- states made by hand: no events tell of them
rollback;
