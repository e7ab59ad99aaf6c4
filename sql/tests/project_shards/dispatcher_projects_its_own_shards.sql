-- A suspended dispatcher may wake at any time: what it does not own any more it does not touch.
begin;
select plan(11);
select noetl_test.dispatch_alone();
set local noetl.test_now = '2030-01-01 00:00:00+00';
create temporary view due as
select s.name, array_remove(array_remove(array_remove(d.ticks, 'raise_floor'), 'maintain_partitions'), 'retain') as ticks
from noetl.runtime as s
cross join lateral noetl.due_work(s.session_id) as d
where s.name in ('one', 'two', 'w1') and s.status = 'active';

select noetl.register_dispatcher('one') as one \gset
select noetl_test.worker() as w \gset
select noetl.due_work(:'one') \g /dev/null
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select results_eq('select ticks from due where name = ''one''', $$ values ('{project_shards}'::text []) $$, 'it is told that a run has changed');
select results_eq('select ticks from due where name = ''w1''', $$ values ('{}'::text []) $$, 'a worker is not');
select is(noetl.project_shards(:'w'), 0, 'and has no shards');
delete from noetl.execution where execution_id = :x;
select is(noetl.project_shards(:'one'), 1, 'it projects the run');
select isnt_empty(format('select from noetl.execution where execution_id = %s', :x), 'which can be seen');
select is(noetl.project_shards(:'one'), 0, 'again: nothing is left to do');

select noetl.register_dispatcher('two') as two \gset
set local noetl.test_now = '2030-01-01 00:01:00+00';
select noetl.due_work(:'two') \g /dev/null
select noetl_internal.mark_change('dirty', :x) \g /dev/null
delete from noetl.execution where execution_id = :x;
select is(noetl.project_shards(:'one'), 0, 'whose lease has run out does nothing when it comes back');
select is_empty(format('select from noetl.execution where execution_id = %s', :x), 'as one can see');
select is(noetl.project_shards(:'two'), 1, 'the new owner does it');
select isnt_empty(format('select from noetl.execution where execution_id = %s', :x), 'as one can see');
select throws_ok(format('select noetl.project_shards(%L)', gen_random_uuid()), 'NE401', null, 'a stranger is refused');

select * from finish();
rollback;
