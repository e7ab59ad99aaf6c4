-- Each tick is one dispatcher's at a time, and never nobody's for longer than a lease.
begin;
select plan(17);
set local noetl.test_now = '2030-01-01 00:00:00+00';
create temporary view owned as
select coalesce(s.name, 'nobody') as name, count(*)::integer as count
from noetl.duty as d
left join noetl.runtime as s on s.session_id = d.owner_session_id
where d.needs is null
group by s.name;
create function pg_temp.look(p_session uuid) returns integer language sql volatile as $$
  select cardinality(noetl_internal.duties_of(p_session))
$$;

select noetl_test.worker() as w \gset
select is(pg_temp.look(:'w'), 8, 'without a dispatcher a worker does all');
select noetl.register_dispatcher('one') as one \gset
select is(pg_temp.look(:'w'), 0, 'with one it does nothing');
select is(pg_temp.look(:'one'), 8, 'which does all');
select is((select next_in from noetl.due_work(:'w')), null, 'and the worker need not know when something is due');
select results_eq('table owned', $$ values ('one', 8) $$, 'as everybody can see');

select noetl.register_dispatcher('two') as two \gset
select is(pg_temp.look(:'two'), 0, 'a second finds nothing free');
select is(pg_temp.look(:'one'), 4, 'until the first has given back what is more than its share');
select is(pg_temp.look(:'two'), 4, 'which it takes');
select noetl.register_dispatcher('three') as three \gset
select is(array[pg_temp.look(:'one'), pg_temp.look(:'two'), pg_temp.look(:'three')], '{3,3,2}', 'so does a third');
select is((select max(epoch) from noetl.duty), 3::bigint, 'each time it changes hands it has another epoch');

set local noetl.test_now = '2030-01-01 00:00:29+00';
select is(array[pg_temp.look(:'one'), pg_temp.look(:'two')], '{3,3}', 'two ask again in time');
set local noetl.test_now = '2030-01-01 00:00:30+00';
select is(pg_temp.look(:'one'), 4, 'the third has not: its duties are for the others');
select is(pg_temp.look(:'two'), 4, 'in equal parts');
select is(pg_temp.look(:'three'), 0, 'it has lost them');
select noetl.register_dispatcher('two', '2030-01-01') as younger \gset
select is(pg_temp.look(:'one') + pg_temp.look(:'younger'), 6, 'a process that starts again ends its older session at once');
select throws_ok(format('select * from noetl.due_work(%L)', :'two'), 'NE410', null, 'which is told so');
select noetl.end_session(:'younger') \g /dev/null
select throws_ok($$ select noetl.register_dispatcher('') $$, 'NE422', 'a dispatcher needs a name', 'a name is needed');

select * from finish();
rollback;
