-- A branch that did not fire or ended elsewhere does not block the join.
begin;
select plan(5);
create function pg_temp.outcome(p_b jsonb, p_outcomes jsonb default '{}') returns text language sql as $$
  select noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}]}}'),
      noetl_test.step('a', jsonb_build_object('next', noetl_test.next('j'))),
      noetl_test.step('b', p_b),
      noetl_test.step('c', '{"spec": {"policy": {"admit": {"rules": [{"else": {"then": {"allow": false, "discard": true}}}]}}},
        "next": {"arcs": [{"step": "j"}]}}'),
      noetl_test.step('e'),
      noetl_test.step('j')
    ),
    p_outcomes
  )
$$;
select is(
  pg_temp.outcome('{"next": {"arcs": [{"step": "j", "when": "{{ false }}"}]}}'), 'completed: s a b j', 'its arc did not match'
);
select is(
  pg_temp.outcome('{"next": {"arcs": [{"step": "e", "when": "{{ true }}"}, {"step": "j"}]}}'), 'completed: s a b e j', 'it went elsewhere'
);
select is(
  pg_temp.outcome('{"next": {"arcs": [{"step": "c"}, {"step": "j", "when": "{{ false }}"}]}}'), 'completed: s a b j', 'it was discarded'
);
select is(
  pg_temp.outcome(
    '{"next": {"arcs": [{"step": "e", "when": "{{ event.name == ''call.error'' }}"}, {"step": "j"}]}}',
    '{"b": {"error": {"message": "no"}}}'
  ),
  'completed: s a b e j', 'it failed and was taken up elsewhere'
);
select is(
  pg_temp.outcome('{"next": {"arcs": [{"step": "j"}]}}', '{"b": {"error": {"message": "no"}}}'), 'failed: s a b (b)',
  'it failed: so does the run'
);

select * from finish();
rollback;
