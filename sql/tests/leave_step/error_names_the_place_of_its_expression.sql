-- Of several arcs and sets a person must see which one to repair.
begin;
select plan(4);
create function pg_temp.message(p_a jsonb) returns text language plpgsql as $$
declare
  v_id bigint := noetl_test.start(jsonb_build_array(noetl_test.step('a', p_a), noetl_test.step('b')));
begin
  perform noetl_test.work(v_id);
  return (select r.error ->> 'message' from noetl.run as r where r.execution_id = v_id);
end;
$$;
select is(
  pg_temp.message('{"next": {"arcs": [{"step": "b", "when": "{{ 1 > 2 }}"}, {"step": "b", "when": "{{ 1 / 0 > 1 }}"}]}}'),
  'next.arcs[1].when: division by zero', 'a condition of an arc'
);
select is(pg_temp.message('{"set": {"ctx.n": "{{ 1 / 0 }}"}, "next": {"arcs": [{"step": "b"}]}}'), 'set ctx.n: division by zero', 'a set');
select is(
  pg_temp.message('{"spec": {"policy": {"admit": {"rules": [{"when": "{{ 1 / 0 > 1 }}", "then": {"allow": true}}]}}}, "next": {"arcs": [{"step": "b"}]}}'),
  'spec.policy.admit.rules[0].when: division by zero', 'a rule of admission'
);
select is(
  pg_temp.message('{"loop": {"in": "{{ 1 / 0 }}", "iterator": "x"}, "next": {"arcs": [{"step": "b"}]}}'), 'loop.in: division by zero', 'a loop'
);

select * from finish();
rollback;
