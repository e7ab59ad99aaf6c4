-- Chunks come from a tool that a worker runs once per activation; what cannot get any is refused.
begin;
select plan(2);
create function pg_temp.problems(p_step jsonb) returns text language sql as $$
  select coalesce(string_agg(p.severity || ' ' || p.path, ', ' order by p.path), '')
  from noetl.lint_playbook(jsonb_build_object(
    'apiVersion', 'noetl.io/v2', 'kind', 'Playbook', 'metadata', '{"name": "x", "path": "x"}'::jsonb,
    'workflow', jsonb_build_array(p_step, '{"step": "b", "tool": {"kind": "noop"}}'::jsonb)
  )) as p
$$;
select results_eq(
  $$
    select pg_temp.problems('{"step": "a", "tool": {"kind": "noop"}}' || s.more)
    from unnest(array[
      '{"next": {"arcs": [{"step": "b", "on": "call.partial"}]}}',
      '{"next": {"arcs": [{"step": "b", "on": "call.partial", "spec": {"mode": "parallel", "max_in_flight": 5}}]}}',
      '{"next": {"arcs": [{"step": "b", "on": "call.partial", "spec": {"mode": "sequential"}}]}}',
      '{"next": {"arcs": [{"step": "b", "spec": {"mode": "parallel"}}]}}',
      '{"next": {"arcs": [{"step": "b", "on": "call.partial", "spec": {"mode": "both"}}]}}',
      '{"next": {"arcs": [{"step": "b", "on": "call.partial", "spec": {"mode": "parallel", "max_in_flight": 0}}]}}',
      '{"next": {"arcs": [{"step": "b", "on": "call.partial", "spec": {"mode": "parallel", "max_inflight": 2}}]}}',
      '{"next": {"arcs": [{"step": "b", "on": "call.partial", "spec": {"max_in_flight": 2}}]}}',
      '{"next": {"arcs": [{"step": "b", "on": "call.done"}]}}',
      '{"next": {"arcs": [{"step": "b", "on": "call.partial", "set": {"step.x": 1}}]}}',
      '{"loop": {"in": [1], "iterator": "i"}, "next": {"arcs": [{"step": "b", "on": "call.partial"}]}}',
      '{"tool": null, "next": {"arcs": [{"step": "b", "on": "call.partial"}]}}',
      '{"tool": {"kind": "wait", "duration": 1}, "next": {"arcs": [{"step": "b", "on": "call.partial"}]}}'
    ]::jsonb[]) with ordinality as s (more, place)
    order by s.place
  $$,
  array[
    '', '', '',
    'error workflow[0].next.arcs[0].spec',
    'error workflow[0].next.arcs[0].spec.mode',
    'error workflow[0].next.arcs[0].spec.max_in_flight',
    'error workflow[0].next.arcs[0].spec.max_inflight',
    'warning workflow[0].next.arcs[0].spec.max_in_flight',
    'error workflow[0].next.arcs[0].on',
    'error workflow[0].next.arcs[0].set.step.x',
    'error workflow[0].next.arcs[0].on',
    'error workflow[0].next.arcs[0].on, error workflow[0].tool',
    'error workflow[0].next.arcs[0].on'
  ],
  'each problem has its place'
);
select noetl_test.playbook('[
  {"step": "a", "tool": {"kind": "noop"}, "next": {"arcs": [
    {"step": "b", "on": "call.partial"}, {"step": "b", "on": "call.partial", "spec": {"mode": "parallel"}},
    {"step": "b", "on": "call.partial", "spec": {"mode": "parallel", "max_in_flight": 3}}, {"step": "b"}]}},
  {"step": "b", "tool": {"kind": "noop"}}]') as path \gset
select results_eq(
  format($$
    select s.definition #> '{task,partials}', jsonb_path_query_array(s.definition, '$.next.arcs[*].max_in_flight'), s.definition #> '{join,splits}'
    from noetl.catalog_step as s join noetl.catalog as c using (catalog_id) where c.path = %L order by s.position
  $$, :'path'),
  $$values ('true'::jsonb, '[1, 10, 3]'::jsonb, null::jsonb), (null, '[]', '["a"]')$$,
  'the compiled form says how many may be at work, and whether chunks are wanted at all'
);
select * from finish();
rollback;
