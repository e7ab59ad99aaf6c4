-- People see how far a loop is, without a scan of events.
begin;
select plan(7);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3, '{"mode": "parallel"}'), 'next', noetl_test.next('b'))),
    noetl_test.step('b', jsonb_build_object('loop', noetl_test.loop(2), 'spec', '{"loop_mode": "fanout", "fanout": {"allow_partial": true, "max_shard_retries": 0}}'::jsonb))
  )
) as x \gset
select noetl_test.worker() as w \gset
create function pg_temp.state(p_id bigint, p_path text) returns jsonb language plpgsql volatile as $$
begin
  perform noetl.project_changes();
  return (select state #> p_path::text[] from noetl.execution where execution_id = p_id);
end;
$$;
select is(pg_temp.state(:x, '{loop,a,total}'), '3', 'P1.2-1: the total is that of loop.started');
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w', 1) \g /dev/null
select is(pg_temp.state(:x, '{loop,a,done}'), '1', 'P1.2-2: done counts up');
select is(pg_temp.state(:x, '{loop,a,completed}'), 'false', 'not completed yet');
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w', 2) \g /dev/null
select is(pg_temp.state(:x, '{loop,a,completed}'), 'true', 'P1.2-3: completed after loop.done');
select noetl_test.report(:'w', :x, command_id, '{}', case when iter_index = 0 then '{"message": "no"}'::jsonb end) from noetl_test.claim(:'w', 2) \g /dev/null
select is(pg_temp.state(:x, '{fanout,b}') - 'loop_id', '{"total_shards": 2, "done": 1, "failed": 1, "status": "partial"}', 'P3.2-4: fan-outs follow their shards');
select is(
  (select loops #> '{a,done}' from noetl.execution_status(:x)), '3', 'P1.2-4: execution_status tells the same'
);
select is((select status from noetl.execution_status(:x)), 'completed', 'and the status of the run');

select * from finish();
rollback;
