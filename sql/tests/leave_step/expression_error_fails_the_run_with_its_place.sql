-- An expression that cannot be evaluated must end in a clear error, never in a run that hangs.
begin;
select plan(6);
create function pg_temp.outcome(p_a jsonb) returns text language sql as $$
  select noetl_test.outcome(jsonb_build_array(noetl_test.step('a', p_a), noetl_test.step('b')))
$$;
select is(pg_temp.outcome('{"set": {"ctx.n": "{{ a.none }}"}}'), 'failed: a (a NE461)', 'set: undefined');
select is(
  pg_temp.outcome('{"set": {"ctx.n": "{{ 1 / 0 }}"}}'), 'failed: a (a NE462)', 'set: division by zero'
);
select is(
  pg_temp.outcome('{"next": {"arcs": [{"step": "b", "when": "{{ 1 / 0 > 1 }}"}]}}'),
  'failed: a (a NE462)', 'when'
);
select is(
  pg_temp.outcome('{"next": {"arcs": [{"step": "b", "set": {"ctx.n": "{{ ctx.x }}"}}]}}'),
  'failed: a (a NE461)', 'arc set'
);
select is(
  pg_temp.outcome('{"next": {"arcs": [{"step": "b", "input": {"x": "{{ 1 / 0 }}"}}]}}'),
  'failed: a (a NE462)', 'arc input'
);
select matches(
  pg_temp.outcome('{"set": {"ctx.n": "{{ ''x'' * 70000 }}"}}'), '^failed: a \(a (23514|NE463)\)$',
  'a value of ctx over its limit'
);

select * from finish();
rollback;
