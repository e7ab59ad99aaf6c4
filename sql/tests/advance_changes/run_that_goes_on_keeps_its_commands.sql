-- The outbox asks for a sweep and for routing in the same words: only a run that ends may be swept.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(5, '{"mode": "parallel", "max_in_flight": 2}')))
  )
) as x \gset
insert into noetl.change (kind, execution_id) values ('advance', :x);
select is(noetl.advance_changes(), 1, 'the row is done');
select is((select count(*) from noetl.command where execution_id = :x), 2::bigint, 'the commands are still there');
select is(noetl_test.work(:x), 'completed', 'the run goes on');

select * from finish();
rollback;
