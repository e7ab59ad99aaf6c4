-- Maintenance of what a playbook talks to: what runs may end, nothing new may begin.
begin;
select plan(12);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object(
      'loop', noetl_test.loop(4, '{"mode": "parallel", "max_in_flight": 2}'), 'next', noetl_test.next('b')
    )),
    noetl_test.step('b')
  )
) as x \gset
select noetl_test.worker() as w \gset
create temporary table held as select * from noetl_test.claim(:'w', 1);
select ok(noetl.pause_execution(:x), 'it is paused');
select noetl_test.tick() \g /dev/null
select is((select status from noetl.execution_status(:x)), 'paused', 'and shown so');
select is_empty(format('select noetl_test.claim(%L)', :'w'), 'nothing is handed out');
select is(
  (select (noetl_test.report(:'w', :x, h.command_id) ->> 'recorded')::integer from held as h), 1,
  'who is at work may report'
);
select noetl_test.tick() \g /dev/null
select is_empty(format('select noetl_test.claim(%L)', :'w'), 'and what follows is held too');
select is((select count(*) from noetl.command where status = 'held'), 2::bigint, 'the window stays full');
select is(noetl.rebuild(:x) ->> 'commands', '2', 'also when it is rebuilt');
select is_empty(format('select noetl_test.claim(%L)', :'w'), 'they are held');
select ok(noetl.resume_execution(:x), 'it goes on');
select is(noetl_test.work(:x), 'completed', 'to its end');
select is(noetl_test.count(:x, 'loop.item'), 4, 'each item once');
select is(noetl_test.trail(:x, 'execution.paused', 'execution.resumed'), 'execution.paused, execution.resumed', 'both are told');

select * from finish();
rollback;
