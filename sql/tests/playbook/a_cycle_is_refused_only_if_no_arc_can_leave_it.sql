-- A run that circles without a worker would hold its transaction for ever; a cycle with a way out
-- is a loop.
begin;
select plan(6);

create function pg_temp.errors(p_steps jsonb)
returns bigint
language sql
as $function$
  select count(*)
  from noetl.lint_playbook(
    jsonb_build_object('metadata', '{"name": "t"}'::jsonb, 'workflow', p_steps)
  ) as l
  where l.severity = 'error' and l.message ~ 'cycle'
$function$;

select is(pg_temp.errors('[{"step": "a", "next": {"arcs": [{"step": "a"}]}}]'), 1::bigint, 'a step on itself');
select is(
  pg_temp.errors('[{"step": "a", "next": {"arcs": [{"step": "b"}]}},
    {"step": "b", "tool": {"kind": "noop"}, "next": {"arcs": [{"step": "a"}, {"step": "c"}]}}, {"step": "c"}]'),
  1::bigint, 'an exit behind an arc that always fires is none'
);
select is(
  pg_temp.errors('[{"step": "a", "next": {"arcs": [{"step": "c", "when": "{{ workload.x }}"}, {"step": "a"}]}},
    {"step": "c"}]'),
  0::bigint, 'a conditional exit before it is one'
);
select is(
  pg_temp.errors('[{"step": "a", "next": {"arcs": [{"step": "a", "when": "{{ ctx.x }}"}]}, "set": {"x": 1}}]'),
  0::bigint, 'a conditional cycle may end'
);
select is(
  pg_temp.errors('[{"step": "a", "tool": {"kind": "shell", "command": "true"}, "next": {"arcs": [{"step": "a"}]}}]'),
  0::bigint, 'a tool may fail or wait: not ours to forbid'
);
select is(
  pg_temp.errors('[{"step": "a", "next": {"spec": {"mode": "inclusive"}, "arcs": [
    {"step": "a"}, {"step": "b", "when": "{{ workload.x }}"}]}}, {"step": "b"}]'),
  1::bigint, 'an inclusive split that always feeds itself never ends'
);

select * from finish();
rollback;
