-- Run state must be rebuildable from events: what a pipeline set belongs to what happened.
begin;
select plan(1);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.work(:x, '{"a": {"ctx": {"v": null, "w": 1}}}');
select is(
  (select e.context -> 'ctx' from noetl.event as e where e.execution_id = :x and e.event_type = 'call.done'),
  '{"v": null, "w": 1}', 'call.done tells the writes, nulls too'
);

select * from finish();
rollback;
