-- Commands of a kind or a pool that nobody serves would wait for ever, and nobody would know why.
begin;
select plan(10);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(jsonb_build_array(noetl_test.step('a', '{"spec": {"pool": "us-big"}, "tool": {"kind": "duckdb", "query": "select 1"}}'))) as x \gset
create temporary view told as
select u.pool, u.kinds::text as kinds, u.commands from noetl.list_unserved() as u where u.pool like 'us-%';
create temporary view metric as
select m.labels, m.value from noetl.metrics() as m
where m.name = 'noetl_queue_unserved_commands' and m.labels ->> 'pool' like 'us-%';
create temporary view status as
select s.unserved from noetl.execution_status(:x) as s;
select noetl.project_changes(500) \g /dev/null

select results_eq('table told', $$ values ('us-big', '{duckdb}', 1::bigint) $$, 'a pool without workers');
select results_eq('table metric', $$ values ('{"pool": "us-big", "kinds": "duckdb"}'::jsonb, 1::double precision) $$, 'in metrics, too');
select results_eq('table status', $$ values ('[{"step": "a", "pool": "us-big", "kinds": ["duckdb"], "commands": 1}]'::jsonb) $$, 'in the status of the run');

select noetl.register_session('us1', '{us-big}', '{"slots": 1, "tools": ["python", "noop"]}') as w \gset
select results_eq('table told', $$ values ('us-big', '{duckdb}', 1::bigint) $$, 'a worker of the pool that does not serve the kind');
select isnt((select unserved from status), null, 'in the status, too');

select noetl.register_session('us2', '{us-big}', '{"slots": 1}') as v \gset
select is_empty('table told', 'a worker that names no kinds serves all');
select results_eq('table status', 'values (null::jsonb)', 'the status says nothing then');

set local noetl.test_now = '2030-01-01 00:02:00+00';
select isnt_empty('table told', 'one that has been silent for long is not counted on');
select noetl.register_session('us3', '{us-big}', '{"slots": 1, "tools": ["duckdb", "python"]}') \g /dev/null
select is_empty('table told', 'one that names the kind serves it');
select noetl.cancel_execution(:x) \g /dev/null
select is((select unserved from status), null, 'a run that has ended waits for nobody');

select * from finish();
rollback;
