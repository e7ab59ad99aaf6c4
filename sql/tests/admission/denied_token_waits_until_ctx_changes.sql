-- A run with nothing but waiting tokens shows that and why; a change of ctx wakes it.
begin;
select plan(5);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "w"}, {"step": "a"}]}}'),
    noetl_test.step('w', '{"spec": {"policy": {"admit": {"rules": [{"when": "{{ ctx.go }}", "then": {"allow": true}},
      {"else": {"then": {"allow": false}}}]}}}}'),
    noetl_test.step('a', '{"next": {"arcs": [{"step": "b"}]}}'),
    noetl_test.step('b')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select is((select status from noetl.run where execution_id = :x), 'running', 'another branch runs');
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select is(noetl_test.entered(:x), 's a b', 'w waits');
select command_id as b from noetl_test.claim(:'w') \gset
select noetl_test.report(:'w', :x, :'b', '{}', null, '{"ctx": {"other": 1}}');
select is(
  (select status || ': ' || reason from noetl.run where execution_id = :x), 'waiting: step w waits for admission',
  'a change that does not help leaves it waiting, and says so'
);
select is((select status from noetl.execution_status(:x)), 'running', 'the read model follows later');
select noetl_test.tick();
select is((select status from noetl.execution_status(:x)), 'waiting', 'and shows that the run waits');

select * from finish();
rollback;
