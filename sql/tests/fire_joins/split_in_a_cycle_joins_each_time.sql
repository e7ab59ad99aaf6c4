-- Each pass through a split is a split of its own.
begin;
select plan(1);
select is(
  noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('s', '{"set": {"ctx.n": "{{ (ctx.n | default(0)) + 1 }}"},
        "next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}]}}'),
      noetl_test.step('a', jsonb_build_object('next', noetl_test.next('j'))),
      noetl_test.step('b', jsonb_build_object('next', noetl_test.next('j'))),
      noetl_test.step('j', '{"spec": {"join": "all"}, "next": {"arcs": [{"step": "s", "when": "{{ ctx.n < 3 }}"}]}}')
    )
  ),
  'completed: s a b j s a b j s a b j', 'three passes, three joins'
);

select * from finish();
rollback;
