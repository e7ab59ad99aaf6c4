-- Two joins on one cycle, each reachable from the other, must not hang the run.
begin;
select plan(1);
select matches(
  noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}, {"step": "c"}, {"step": "d"}]}}'),
      noetl_test.step('a', jsonb_build_object('next', noetl_test.next('j'))),
      noetl_test.step('b', jsonb_build_object('next', noetl_test.next('j'))),
      noetl_test.step('c', jsonb_build_object('next', noetl_test.next('k'))),
      noetl_test.step('d', jsonb_build_object('next', noetl_test.next('k'))),
      noetl_test.step('j', '{"spec": {"join": "all"}, "set": {"ctx.j": "{{ (ctx.j | default(0)) + 1 }}"},
        "next": {"arcs": [{"step": "k", "when": "{{ ctx.j < 2 }}"}]}}'),
      noetl_test.step('k', '{"spec": {"join": "all"}, "set": {"ctx.k": "{{ (ctx.k | default(0)) + 1 }}"},
        "next": {"arcs": [{"step": "j", "when": "{{ ctx.k < 2 }}"}]}}')
    )
  ),
  '^completed: s a b c d ', 'it completes'
);

select * from finish();
rollback;
