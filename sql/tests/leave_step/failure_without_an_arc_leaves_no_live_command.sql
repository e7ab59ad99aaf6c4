-- A failed execution has no live command: a checked invariant.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}]}}'),
    noetl_test.step('a', '{"next": {"arcs": [{"step": "c", "when": "{{ event.name == ''call.done'' }}"}]}}'),
    noetl_test.step('b'), noetl_test.step('c')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select command_id as a from noetl_test.claim(:'w') where step = 'a' \gset
select is(
  noetl_test.report(:'w', :x, :'a', '{}', '{"kind": "sql", "message": "boom"}') -> 'advance', 'true',
  'the answer asks for the sweep'
);
select noetl.advance_changes();
select is((select status from noetl.run where execution_id = :x), 'failed', 'the run failed');
select is(
  (select error from noetl.run where execution_id = :x), '{"step": "a", "kind": "sql", "message": "boom"}',
  'the error says which step and why'
);
select is_empty(format('select noetl_test.problems(%s)', :x), 'b was cancelled');

select * from finish();
rollback;
