-- A reader who pages through a long history must see each event once.
begin;
select plan(5);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as y \gset
select array_agg(event_id order by event_id) as ids from noetl.event where execution_id = :x \gset

select is((select array_agg(event_id) from noetl.list_events(:x)), :'ids'::bigint[], 'all, oldest first');
select is(
  (select array_agg(event_id) from noetl.list_events(:x, (:'ids'::bigint[])[1], 2)),
  (:'ids'::bigint[])[2:3], 'the next two after one'
);
select is(
  (select array_agg(event_type) from noetl.list_events(:x, 0, 10, 'command.issued')), '{command.issued}', 'one type'
);
select is_empty(format('select from noetl.list_events(%s, %s)', :x, (:'ids'::bigint[])[cardinality(:'ids'::bigint[])]), 'none after the last');
select throws_ok('select * from noetl.list_events(1)', 'NE404', null, 'an execution that does not exist');
select * from finish();
rollback;
