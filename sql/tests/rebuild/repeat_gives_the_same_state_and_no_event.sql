-- A DBA who is not sure whether it went through calls it again.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(5, '{"mode": "parallel"}'))))
) as x \gset
select noetl_test.tick() \g /dev/null
select noetl.rebuild(:x) as first, noetl_test.state(:x) as state \gset
select count(*) as events from noetl.event \gset
select is(noetl.rebuild(:x), :'first'::jsonb, 'the same answer');
select is(noetl_test.state(:x), :'state'::jsonb, 'the same state');
select is((select count(*) from noetl.event), :events::bigint, 'nothing has happened');

select * from finish();
rollback;
