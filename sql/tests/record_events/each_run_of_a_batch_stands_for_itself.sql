-- A batch mixes runs; an error of one is that run's alone.
begin;
select plan(3);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as y \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a', '{"set": {"ctx.n": "{{ 1 / 0 }}"}}'))) as z \gset
select noetl_test.worker() as w \gset
select jsonb_agg(noetl_test.event(:'w', execution_id, command_id)) as events from noetl_test.claim(:'w') \gset
select noetl.cancel_execution(:y);
select is(
  noetl.record_events(:'events') - 'rejected', '{"recorded": 2, "late": 1, "retry": [], "advance": true, "count": false}', 'two count, the cancelled one''s is late'
);
select is((select status from noetl.run where execution_id = :x), 'completed', 'one completes');
select is((select status from noetl.run where execution_id = :z), 'failing', 'one fails');

select * from finish();
rollback;
