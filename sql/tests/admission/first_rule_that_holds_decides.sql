-- Later rules are not evaluated; without a rule that holds, the step is open.
begin;
select plan(3);
create function pg_temp.outcome(p_rules jsonb) returns text language sql as $$
  select noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step(
        'a', jsonb_set('{"spec": {"policy": {"admit": {}}}}', '{spec,policy,admit,rules}', p_rules)
      )
    ),
    '{}', '{"n": 1}'
  )
$$;
select is(
  pg_temp.outcome(
    '[{"when": "{{ workload.n == 1 }}", "then": {"allow": true}},
      {"when": "{{ 1 / 0 > 1 }}", "then": {"allow": false}}]'
  ),
  'completed: a', 'the first decides'
);
select is(
  pg_temp.outcome('[{"when": "{{ workload.n == 2 }}", "then": {"allow": false}}]'), 'completed: a',
  'none holds: open'
);
select is(
  pg_temp.outcome('[{"when": "{{ 1 / 0 > 1 }}", "then": {"allow": true}}]'), 'failed: (a NE462)',
  'an error fails the step'
);

select * from finish();
rollback;
