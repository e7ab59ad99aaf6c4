-- A loop over something that is no list ends in a clear error that an arc can take up.
begin;
select plan(4);
create function pg_temp.outcome(p_in jsonb, p_more jsonb default '{}') returns text language sql as $$
  select noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('a', jsonb_build_object('loop', jsonb_build_object('in', p_in, 'iterator', 'item')) || p_more),
      noetl_test.step('b')
    ),
    '{}', '{"text": "abc", "map": {"k": 1}, "nothing": null}'
  )
$$;
select is(pg_temp.outcome('"{{ workload.map }}"'), 'failed: (a NE462)', 'a mapping');
select is(pg_temp.outcome('"{{ workload.nothing }}"'), 'failed: (a NE462)', 'null');
select is(pg_temp.outcome('"{{ workload.missing }}"'), 'failed: (a NE461)', 'undefined');
select is(
  pg_temp.outcome('"{{ workload.map }}"', '{"next": {"arcs": [{"step": "b", "when": "{{ event.name == ''call.error'' }}"}]}}'),
  'completed: b', 'an arc takes it up'
);

select * from finish();
rollback;
