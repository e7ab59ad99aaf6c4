-- Its place under the concurrency key went to somebody else when the run failed.
begin;
select plan(4);
select noetl_test.grant_alone() \g /dev/null
select jsonb_build_array(noetl_test.step('a', '{"spec": {"concurrency": {"key": "k", "limit": 1}}}')) as steps \gset
select noetl_test.start(:'steps') as x \gset
select is(noetl_test.work(:x, '{"a": {"error": {"message": "no"}}}'), 'failed', 'the first fails');
select noetl_test.start(:'steps') as y \gset
select noetl_test.tick() \g /dev/null
select noetl.retry_execution(:x) \g /dev/null
select noetl_test.tick() \g /dev/null
select is(
  (select array_agg(s.execution_id) from noetl.slot as s where s.is_held), array[:y]::bigint[],
  'one at a time, also after the retry'
);
select is(noetl_test.work(:y), 'completed', 'the second ends');
select is(noetl_test.work(:x), 'completed', 'then the first gets its place');

select * from finish();
rollback;
