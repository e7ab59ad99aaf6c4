-- A week has as many executions as you like: each look is bounded, and goes on where the last one stopped.
begin;
select plan(11);
select noetl_test.retain_alone() \g /dev/null
-- A week of its own, of executions that were retired; the events of one tell of none that is known.
create table noetl.event_test partition of noetl.event for values from (1000) to (2000);
insert into noetl.event (execution_id, event_type, created_at)
select n, 'step.enter', now() from generate_series(1001, 1010) as n cross join generate_series(1, 3);
insert into noetl.manifest (execution_id, kind, summary, created_at)
select n, 'execution', '{}', now() from generate_series(1001, 1010) as n where n <> 1008;
create function pg_temp.look(p_limit integer) returns text language sql volatile as $$
  select format('%s %s', c.looked, c.is_through) from noetl_internal.check_week('noetl.event_test', 1000, 2000, p_limit) as c
$$;
create function pg_temp.mark() returns bigint language sql volatile as 'select t.retired_to from noetl.trim_mark as t where t.low = 1000';

select is(pg_temp.look(3), '3 f', 'the first three');
select is(pg_temp.mark(), 1004::bigint, 'are known from here on');
select is(pg_temp.look(100), '4 f', 'then up to the one that is not retired');
select is(pg_temp.look(100), '0 f', 'which is looked at first from then on');
select ok(noetl_internal.has_unretired(1000, 2000), 'and keeps the week');
insert into noetl.manifest (execution_id, kind, summary, created_at) values (1008, 'execution', '{}', now());
select is(pg_temp.look(2), '2 f', 'retired, it is passed');
select is(pg_temp.look(1), '1 t', 'up to the last');
select is(pg_temp.look(100), '0 t', 'and that is that');
select ok(not noetl_internal.has_unretired(1000, 2000), 'so the week may go');
-- A transaction that began in that week may still bring a run.
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
insert into noetl.run
select (jsonb_populate_record(r, '{"execution_id": 1005}')).* from noetl.run as r where r.execution_id = :x;
select ok(noetl_internal.has_unretired(1000, 2000), 'a run that comes late keeps it');
select is(pg_temp.look(100), '0 f', 'and is found at once');
delete from noetl.run where execution_id = 1005;  -- its events tell of no run
select * from finish();
rollback;
