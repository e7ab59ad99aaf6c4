-- A cycle is entered again until its arc closes it.
begin;
select plan(1);
select is(
  noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('a', '{"set": {"ctx.n": "{{ (ctx.n | default(0)) + 1 }}"},
        "next": {"arcs": [{"step": "a", "when": "{{ ctx.n < 3 }}"}, {"step": "b"}]}}'),
      noetl_test.step('b')
    )
  ),
  'completed: a a a b', 'three times'
);

select * from finish();
rollback;
