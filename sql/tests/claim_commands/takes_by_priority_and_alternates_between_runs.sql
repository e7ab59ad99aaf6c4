-- One huge loop must not starve the rest.
begin;
select plan(2);
select noetl_test.playbook(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(20, '{"mode": "parallel", "max_in_flight": 20}'))))
) as path \gset
select noetl.start_execution(:'path') as x \gset
select noetl_test.worker() as w \gset
select noetl_test.claim(:'w', 4) \g /dev/null
select noetl.start_execution(:'path') as y \gset
select results_eq(
  format('select execution_id, count(*) from noetl_test.claim(%L, 8) group by 1 order by 1', :'w'),
  format('values (%s::bigint, 4::bigint), (%s, 4)', :x, :y), 'a newcomer gets every other command'
);
select noetl.start_execution(:'path', '{}', '{"priority": 9}') as z \gset
select results_eq(
  format('select distinct execution_id from noetl_test.claim(%L, 8)', :'w'), format('values (%s::bigint)', :z), 'a higher priority goes first'
);

select * from finish();
rollback;
