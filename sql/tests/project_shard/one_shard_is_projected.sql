-- Who wants to serve shards one by one may: the fence is the same.
begin;
select plan(5);
select noetl_test.dispatch_alone();
select noetl.register_dispatcher('one') as one \gset
select noetl.due_work(:'one') \g /dev/null
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_internal.shard_of(:x) as shard \gset
select is(noetl.project_shard(:'one', (:shard + 1) % 16), 0, 'another shard has nothing');
select is(noetl.project_shard(:'one', :shard), 1, 'its own has the run');
select is(noetl.project_shard(:'one', :shard), 0, 'once');
select noetl_internal.mark_change('dirty', :x) \g /dev/null
update noetl.execution_shard set owner_session_id = gen_random_uuid() where shard = :shard;
select is(noetl.project_shard(:'one', :shard), 0, 'what is another''s is left to it');
select throws_ok(format('select noetl.project_shard(%L, 0)', gen_random_uuid()), 'NE401', null, 'a stranger is refused');

select * from finish();
rollback;
