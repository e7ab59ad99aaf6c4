-- Who does not hold the command reports nothing of it: another session, one that has ended, one
-- whose command has.
begin;
select plan(5);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [{"step": "each", "on": "call.partial"}]}}'), noetl_test.step('each')
  )
) as x \gset
select noetl_test.worker() as w, noetl_test.worker('w2') as v \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(
  noetl_test.chunk(:'v', :x, :'c', 0) - array['advance', 'count'],
  '{"recorded": 0, "late": 1, "retry": [], "rejected": [], "streams": {}}', 'another session is late, and hears nothing of the stream'
);
select noetl.release_commands(:'w', array[:'c']) \g /dev/null
select is(noetl_test.chunk(:'w', :x, :'c', 0) -> 'late', '1', 'so is who has handed the command back');
select command_id as d from noetl_test.claim(:'v') \gset
select noetl_test.report(:'v', :x, :'d') \g /dev/null
select is(noetl_test.chunk(:'v', :x, :'d', 0) -> 'late', '1', 'and who has reported its end');
select is(noetl_test.count(:x, 'call.partial'), 0, 'nothing is stored');
select is(noetl_test.entered(:x), 'make', 'and nothing entered');

select * from finish();
rollback;
