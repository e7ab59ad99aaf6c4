-- The worker hears why, and fails the step with it; nothing of the delivery stands.
begin;
select plan(6);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [
      {"step": "one", "on": "call.partial", "set": {"ctx.n": "{{ output.data.n }}"}},
      {"step": "two", "on": "call.partial", "input": {"x": "{{ 1 / output.data.n }}"}},
      {"step": "told", "when": "{{ event.name == ''call.error'' }}"}]}}'),
    noetl_test.step('one'), noetl_test.step('two'), noetl_test.step('told')
  )
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(noetl_test.chunk(:'w', :x, :'c', 0, '{"n": 0}') #>> '{rejected,0,sqlstate}', 'NE462', 'division by zero');
select is(noetl_test.ctx(:x, 'n'), null, 'what an arc before it set is taken back');
select is(noetl_test.count(:x, 'call.partial'), 0, 'the chunk is not recorded');
select is((select count(*) from noetl.token where execution_id = :x), 1::bigint, 'and has made no token');
select is(noetl_test.chunk(:'w', :x, :'c', 0, '{"n": 2}') -> 'recorded', '1', 'another chunk 0 may come');
select noetl_test.report(:'w', :x, :'c', '{}', '{"message": "bad chunk"}') \g /dev/null
select is(noetl_test.work(:x), 'completed', 'the failure of the step is taken up as any');
select * from finish();
rollback;
