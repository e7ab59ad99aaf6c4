-- An exclusive split goes one way.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', '{"next": {"arcs": [{"step": "b", "when": "{{ a.n > 5 }}"}, {"step": "c", "when": "{{ a.n > 1 }}"},
      {"step": "d", "when": "{{ 1 / 0 > 1 }}"}, {"step": "d"}]}}'),
    noetl_test.step('b'), noetl_test.step('c'), noetl_test.step('d')
  )
) as x \gset
select is(noetl_test.work(:x, '{"a": {"data": {"n": 3}}}'), 'completed', 'what follows the match is not evaluated');
select is(noetl_test.entered(:x), 'a c', 'the first arc that matches fires');

select * from finish();
rollback;
