-- An API that bears two callers, whatever the number of runs.
begin;
select plan(7);
select noetl_test.grant_alone() \g /dev/null
select noetl_test.playbook(
  jsonb_build_array(
    noetl_test.step('a', '{"spec": {"concurrency": {"key": "api-{{ workload.site }}", "limit": 2}}, "next": {"arcs": [{"step": "b"}]}}'),
    noetl_test.step('b')
  )
) as path \gset
create temporary table runs as
select noetl.start_execution(:'path', jsonb_build_object('site', n / 4)) as id, n from generate_series(0, 5) as n;
select noetl_test.tick() \g /dev/null
select noetl_test.worker() as w \gset
create temporary table first as select c.* from noetl_test.claim(:'w') as c;
select is((select count(*) from first), 4::bigint, 'two of the first site, two of the second');
select is((select array_agg(r.n order by r.n) from runs as r join first as f on f.execution_id = r.id), array[0, 1, 4, 5], 'first come, first served');
select matches((select reason from noetl.execution_status((select id from runs where n = 2))), 'a place under "api-0"', 'who waits says why');
select noetl_test.report(:'w', f.execution_id, f.command_id) from first as f join runs as r on r.id = f.execution_id where r.n = 1 \g /dev/null
select noetl_test.tick() \g /dev/null
select is((select array_agg(r.n) from runs as r join noetl_test.claim(:'w') as c on c.execution_id = r.id where c.step = 'a'), array[2], 'the next one gets the place');
select noetl.cancel_execution((select id from runs where n = 0)) \g /dev/null
select noetl_test.tick() \g /dev/null
select is((select array_agg(r.n) from runs as r join noetl_test.claim(:'w') as c on c.execution_id = r.id where c.step = 'a'), array[3], 'a cancelled run gives its place up');
select noetl.end_session(:'w') \g /dev/null
select is((select array_agg(distinct noetl_test.work(r.id)) from runs as r where r.n <> 0), array['completed'], 'all end');
select is_empty('select from noetl.slot', 'no place is left taken');

select * from finish();
rollback;
