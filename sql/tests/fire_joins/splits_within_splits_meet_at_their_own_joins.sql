-- The inner join waits for the inner split only, the outer one for both.
begin;
select plan(2);
create function pg_temp.outcome(p_data jsonb) returns text language sql as $$
  select noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}]}}'),
      noetl_test.step('a', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a1"}, {"step": "a2"}]}}'),
      noetl_test.step('a1', jsonb_build_object('next', noetl_test.next('ja'))),
      noetl_test.step('a2', '{"next": {"arcs": [{"step": "ja", "when": "{{ not a2.leave }}"}, {"step": "j"}]}}'),
      noetl_test.step('ja', jsonb_build_object('next', noetl_test.next('j'))),
      noetl_test.step('b', jsonb_build_object('next', noetl_test.next('j'))),
      noetl_test.step('j')
    ),
    jsonb_build_object('a2', jsonb_build_object('data', p_data))
  )
$$;
select is(pg_temp.outcome('{"leave": false}'), 'completed: s a b a1 a2 ja j', 'both meet');
select is(
  pg_temp.outcome('{"leave": true}'), 'completed: s a b a1 a2 ja j', 'one leaves the inner for the outer'
);

select * from finish();
rollback;
