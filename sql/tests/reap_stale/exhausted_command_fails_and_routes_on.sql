-- max_attempts is respected; what is used up ends as command.failed, which an arc can take up.
begin;
select plan(5);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', '{"spec": {"max_attempts": 2}, "next": {"arcs": [{"step": "b", "when": "{{ event.name == ''call.error'' and output.error.kind == ''worker_lost'' }}"}]}}'),
    noetl_test.step('b')
  )
) as x \gset
create function pg_temp.lose() returns integer language plpgsql as $$
declare
  v_session uuid := noetl_test.worker('lost');
begin
  perform noetl_test.claim(v_session);
  update noetl.runtime set heartbeat_at = heartbeat_at - interval '301 seconds' where session_id = v_session;
  return noetl.reap_stale();
end;
$$;
select is(pg_temp.lose(), 1, 'the first worker is lost');
select is(noetl_test.count(:x, 'command.failed'), 0, 'P0.4-2: an attempt is left');
select is(pg_temp.lose(), 1, 'the second is lost');
select is(noetl_test.count(:x, 'command.failed'), 1, 'P0.4-2: the command ends as failed');
select is(noetl_test.work(:x) || noetl_test.entered(:x), 'completeda b', 'its step with call.error');

select * from finish();
rollback;
