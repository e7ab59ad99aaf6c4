-- After a truncate everything must come back, page by page: nobody can wait for a million rows.
begin;
select plan(6);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3))))) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as y \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as z \gset
select noetl_test.work(:y) \g /dev/null
select noetl_test.tick() \g /dev/null
create temporary table before as select * from noetl.execution;
delete from noetl.execution;
select is(noetl.rebuild_projection(0, 2), :y, 'a page ends with its last run');
select is((select count(*) from noetl.execution), 2::bigint, 'so far it is made');
select is(noetl.rebuild_projection(:y, 2), :z, 'the next goes on');
select is(noetl.rebuild_projection(:z), null, 'after the last there is none');
select set_eq('table noetl.execution', 'table before', 'P1.2-5, P5.1-4: all rows are identical');
select noetl.rebuild_projection() \g /dev/null
select set_eq('table noetl.execution', 'table before', 'again: the same');

select * from finish();
rollback;
