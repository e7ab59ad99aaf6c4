-- People and alerts must see that a shard is behind while it is, not when it has caught up.
begin;
select plan(4);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select is((select array_agg(shard) from noetl.projection_lag()), array(select generate_series(0, 15)), 'each shard has a line');
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
set local noetl.test_now = '2030-01-01 00:00:02+00';
select noetl_internal.mark_change('dirty', :x) \g /dev/null
set local noetl.test_now = '2030-01-01 00:00:02.5+00';
select results_eq(
  'select * from noetl.projection_lag() where lag_ms > 0',
  format('values (%s, 2500::bigint)', noetl_internal.shard_of(:x)), 'the oldest change counts'
);
select noetl.project_changes() \g /dev/null
select is_empty('select * from noetl.projection_lag() where lag_ms > 0', 'done: there is none');
select noetl_internal.mark_change('advance', :x) \g /dev/null
set local noetl.test_now = '2030-01-01 00:00:03+00';
select is_empty('select * from noetl.projection_lag() where lag_ms > 0', 'what is only to be moved on does not count');

select * from finish();
rollback;
