-- Three questions of an operator: whose is it, is it late, what is in it.
begin;
select plan(3);
select noetl_test.dispatch_alone();
set local noetl.test_now = '2030-01-01 00:00:00+00';
select is((select count(*) from noetl.list_shards() as s where s.owner is null), 16::bigint, 'nobody''s: workers project them');
select noetl.register_dispatcher('one') as one \gset
select noetl.due_work(:'one') \g /dev/null
select is((select count(*) from noetl.list_shards() as s where s.owner = 'one' and s.lease_until = '2030-01-01 00:00:25+00'), 16::bigint, 'the one dispatcher''s');
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
set local noetl.test_now = '2030-01-01 00:00:01+00';
select is(
  (select array_agg(s.shard) from noetl.list_shards() as s where s.lag_ms = 1000), array[noetl_internal.shard_of(:x)],
  'how late it is'
);

select * from finish();
rollback;
