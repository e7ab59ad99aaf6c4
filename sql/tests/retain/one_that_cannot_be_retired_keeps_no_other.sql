-- One damaged run must not let all the others pile up: it is told of, left for an hour, and tried again.
begin;
select plan(12);
select noetl_test.retain_alone() \g /dev/null
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as y \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as z \gset
select noetl_test.work(:z) \g /dev/null
create function pg_temp.failures() returns setof text language sql stable as $$
  select format('%s %s', f.execution_id, f.code) from noetl.retention_failure as f
$$;
-- An hour is taken from the failures, not added to the clock: the log's week may end within it.
create function pg_temp.let_an_hour_pass() returns void language sql volatile as $$
  update noetl.retention_failure set failed_at = failed_at - interval '1 hour 1 second'
$$;
create function pg_temp.kind(p_id bigint) returns text language sql stable as $$
  select m.kind from noetl.manifest as m where m.execution_id = p_id
$$;
-- Damage that no rule foresees: a manifest where there is none yet.
insert into noetl.manifest (execution_id, kind, summary, created_at) values (:x, 'execution', '{}', now());
select noetl_test.retain(30, 1) \g /dev/null
select is(pg_temp.kind(:y), 'execution', 'one is retired');
select is(pg_temp.kind(:z), 'execution', 'and another');
select results_eq('select pg_temp.failures()', format('values (%L)', :x || ' 23505'), 'the damaged one is told of');
select isnt_empty(format('select from noetl.run where execution_id = %s', :x), 'and is as it was');
select is((select m.value from noetl.metrics() as m where m.name = 'noetl_retention_failures'), 1::double precision, 'a gauge counts it');
select is((select p.count from noetl.retention_plan() as p where p.item = 'executions'), 0::bigint, 'it is not next');

-- It is mended, but then its manifest is damaged while its events are being read.
delete from noetl.manifest where execution_id = :x;
select is((select done from noetl.retain(1)), 0, 'for an hour it is left alone');
select pg_temp.let_an_hour_pass() \g /dev/null
select is((select done from noetl.retain(1)), 1, 'then it is tried again');
update noetl.manifest set summary = '{"read_to": "nowhere"}' where execution_id = :x;
select is((select done from noetl.retain(1)), 0, 'what cannot be read is no progress');
select results_eq('select pg_temp.failures()', format('values (%L)', :x || ' 22P02'), 'and is told of');
update noetl.manifest set summary = '{"read_to": 0, "events": 0, "steps": {}}' where execution_id = :x;
select pg_temp.let_an_hour_pass() \g /dev/null
do $$ begin while (select done from noetl.retain()) > 0 loop end loop; end $$;
select is(pg_temp.kind(:x), 'execution', 'mended, it is retired');
select is_empty('select pg_temp.failures()', 'and told of no more');
select * from finish();
rollback;
