-- Each shard of the projection is one dispatcher's at a time, and nobody's for no longer than a lease
-- and a look.
begin;
select plan(14);
select noetl_test.dispatch_alone();
set local noetl.test_now = '2030-01-01 00:00:00+00';
create temporary view owned as
select coalesce(s.owner, 'nobody') as name, count(*)::integer as count
from noetl.list_shards() as s
group by s.owner;

select noetl.register_dispatcher('one') as one \gset
select noetl.due_work(:'one') \g /dev/null
select results_eq('table owned', $$ values ('one', 16) $$, 'one has all');
select noetl.register_dispatcher('two') as two \gset
select noetl.due_work(:'two') \g /dev/null
select results_eq('table owned', $$ values ('one', 16) $$, 'a second finds nothing free');
select noetl.due_work(:'one') \g /dev/null
select set_eq('table owned', $$ values ('one', 8), ('nobody', 8) $$, 'until the first has given back what is more than its share');
select noetl.due_work(:'two') \g /dev/null
select set_eq('table owned', $$ values ('one', 8), ('two', 8) $$, 'which it takes');
select noetl.register_dispatcher('three') as three \gset
select noetl.due_work(:'one'), noetl.due_work(:'two'), noetl.due_work(:'three') \g /dev/null
select set_eq('table owned', $$ values ('one', 6), ('two', 6), ('three', 4) $$, 'so does a third');
select is((select sum(epoch) from noetl.execution_shard), (16 + 8 + 4)::numeric, 'each time one changes hands it has another epoch');
select is((select array_agg(distinct s.lease_until) from noetl.list_shards() as s), '{2030-01-01 00:00:25+00}', 'for a lease');

set local noetl.test_now = '2030-01-01 00:00:08+00';
select noetl.due_work(:'one'), noetl.due_work(:'two') \g /dev/null
select is((select max(s.lease_until) from noetl.list_shards() as s), '2030-01-01 00:00:25+00', 'which is not written again with each look');
set local noetl.test_now = '2030-01-01 00:00:24+00';
select noetl.due_work(:'one'), noetl.due_work(:'two') \g /dev/null
select is((select max(s.lease_until) from noetl.list_shards() as s), '2030-01-01 00:00:49+00', 'but when a third of it is over');
set local noetl.test_now = '2030-01-01 00:00:25+00';
select noetl.due_work(:'one'), noetl.due_work(:'two') \g /dev/null
select set_eq(
  'table owned', $$ values ('one', 8), ('two', 8) $$,
  'S.C: what the third has not asked for is the others'' within 30 s: a lease of 25, and a look each 1.5'
);
select noetl.due_work(:'three') \g /dev/null
select is_empty('select from owned where name = ''three''', 'it has lost them');

select noetl.end_session(:'two') \g /dev/null
select set_eq('table owned', $$ values ('one', 8), ('nobody', 8) $$, 'who stops lets others have its shards at once');
select noetl.register_dispatcher('one', '2030-01-01') \g /dev/null
select results_eq('table owned', $$ values ('nobody', 16) $$, 'so does who starts again');
select throws_ok(
  $$ update noetl.setting set value = '32' where name = 'shard_count' $$, '23514', null,
  'their number is fixed: an index holds the shard of each run'
);

select * from finish();
rollback;
