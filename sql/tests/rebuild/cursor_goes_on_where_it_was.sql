-- The events alone must tell which slots live, what their frames are, and what was counted.
begin;
select plan(6);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object(
      'loop', noetl_test.cursor('{"max_in_flight": 4, "policy": "best_effort", "frame": {"max_rows": 2, "lease_seconds": 5}}')))
  )
) as x \gset
select noetl_test.worker() as w \gset
create temp table held as select * from noetl_test.claim(:'w');
select noetl_test.report(:'w', :x, command_id, '{}', null, noetl_test.frame(2, '{"rows_may_return": true}')) from held where iter_index = 0 \g /dev/null
select noetl_test.report(:'w', :x, command_id, '{}', null, noetl_test.frame(0)) from held where iter_index = 1 \g /dev/null
select noetl_test.report(:'w', :x, command_id, '{}', '{"kind": "sql", "message": "no"}') from held where iter_index = 2 \g /dev/null
select noetl_test.tick() \g /dev/null
select noetl_test.state(:x) as live \gset

select noetl.rebuild(:x) \g /dev/null
select noetl_test.tick() \g /dev/null
select is(noetl_test.state(:x), :'live'::jsonb, 'the same state as before');
select is((select row(total, issued, remaining_slots)::text from noetl.loop where execution_id = :x), '(3,5,2)', 'two slots live');
select is(
  (select item from noetl.command where execution_id = :x and iter_index = 4),
  '{"max_rows": 2, "process": "row", "lease_seconds": 5, "first_index": 8, "rows_may_return": true}', 'with the same frames'
);
select is(
  noetl_test.report(:'w', :x, (select command_id from held where iter_index = 3), '{}', null, noetl_test.frame(1)) ->> 'recorded', '1',
  'who held a frame still owns it'
);
select is(noetl_test.work(:x), 'completed', 'the run ends');
select is((select row(status, total, done, failed, issued)::text from noetl.loop where execution_id = :x), '(partial,4,3,1,6)', 'with all that was counted');

select * from finish();
rollback;
