-- A wait that waits for nothing, or for two things, is a slip.
begin;
select plan(6);
create function pg_temp.found(p_tool jsonb, p_more jsonb default '{}') returns text language sql as $$
  select string_agg(l.path || ': ' || l.message, '; ' order by l.path)
  from noetl.lint_playbook(jsonb_build_object(
    'apiVersion', 'noetl.io/v2', 'kind', 'Playbook', 'metadata', '{"name": "n"}'::jsonb,
    'workflow', jsonb_build_array('{"step": "w"}' || jsonb_build_object('tool', p_tool) || p_more)
  )) as l where l.severity = 'error'
$$;
select is(pg_temp.found('{"kind": "wait", "duration": 5}'), null, 'a duration is enough');
select is(pg_temp.found('{"kind": "wait"}'), 'workflow[0].tool: waits for nothing', 'nothing');
select is(pg_temp.found('{"kind": "wait", "duration": 5, "signal": "s"}'), 'workflow[0].tool: duration and signal exclude each other', 'two things');
select is(pg_temp.found('{"kind": "wait", "duration": "soon"}'), 'workflow[0].tool.duration: "soon" is no duration', 'no duration');
select is(
  pg_temp.found('{"kind": "wait", "signal": "s"}', '{"loop": {"in": [1], "iterator": "i"}}'),
  'workflow[0].tool.signal: a signal is awaited by a step of its own, without a loop', 'in a loop'
);
select is(
  pg_temp.found('{"kind": "wait", "duration": 5, "set": {"x": 1}}'),
  'workflow[0].tool: a wait without other tools has no policy and no set of its own', 'a set of the tool'
);

select * from finish();
rollback;
