-- A step reached from several branches of one inclusive split runs once.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}]}}'),
    noetl_test.step('a', '{"next": {"arcs": [{"step": "j", "input": {"x": 1, "z": "a"}}]}}'),
    noetl_test.step('b', '{"next": {"arcs": [{"step": "j", "input": {"y": 2}}]}}'),
    noetl_test.step('j')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w', 1) \g /dev/null
select is(noetl_test.entered(:x), 's a b', 'one branch has arrived: j waits');
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w', 1) \g /dev/null
select is(noetl_test.entered(:x), 's a b j', 'both have: j runs');
select is(
  (select input from noetl_test.claim(:'w')), '{"x": 1, "y": 2, "z": "a"}', 'with the inputs of all branches merged'
);

select * from finish();
rollback;
