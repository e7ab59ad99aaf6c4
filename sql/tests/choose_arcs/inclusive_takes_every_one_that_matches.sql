-- An inclusive split goes every way that is open.
begin;
select plan(1);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "b", "when": "{{ a.n > 5 }}"},
      {"step": "c", "when": "{{ a.n > 1 }}"}, {"step": "d"}, {"step": "e", "when": "{{ nothing.here }}"}]}}'),
    noetl_test.step('b'), noetl_test.step('c'), noetl_test.step('d'), noetl_test.step('e')
  )
) as x \gset
select noetl_test.work(:x, '{"a": {"data": {"n": 3}}}');
select is(noetl_test.entered(:x), 'a c d', 'undefined is falsy');

select * from finish();
rollback;
