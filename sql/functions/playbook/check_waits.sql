-- What a wait waits for: one of a time, a duration, a signal; and a signal only where the engine
-- waits, which also has no place for a policy or set of the tool.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_waits(p_steps jsonb)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select p.*
    from (
      select
        t.tool, t.tool -> 'options' as options, t.tool ->> 'at' as at,
        coalesce(s.step -> 'wait', 'null') = 'null' as is_inside
      from jsonb_array_elements(p_steps) as s (step)
      cross join lateral jsonb_array_elements(s.step #> '{checks,tools}') as t (tool)
      where t.tool ->> 'kind' = 'wait'
    ) as w
    cross join lateral (
      select array(
        select k.key from jsonb_object_keys(w.options) as k (key)
        where k.key in ('until', 'duration', 'signal') order by k.key
      ) as kinds
    ) as k
    cross join lateral (
      select c.*
      from noetl_internal.make_problem(
        'error', w.at,
        case cardinality(k.kinds) when 0 then 'waits for nothing'
        else array_to_string(k.kinds, ' and ') || ' exclude each other' end,
        'Write one of until: "2026-01-31T08:00:00Z", duration: 5m, signal: approved.'
      ) as c
      where cardinality(k.kinds) <> 1
      union all
      select c.*
      from (values ('duration'), ('timeout')) as d (key)
      cross join lateral noetl_internal.make_problem(
        'error', w.at || '.' || d.key, format('"%s" is no duration', w.options ->> d.key),
        'Write seconds, or a text such as "90s", "5m", "1h 30m".'
      ) as c
      where
        w.options ->> d.key !~ '\{[{%]'
        and noetl_internal.duration_seconds(w.options ->> d.key) is null
      union all
      select c.*
      from noetl_internal.make_problem(
        'error', w.at || '.signal', 'a signal is awaited by a step of its own, without a loop',
        'Put the wait into a step with no other tool.'
      ) as c
      where w.is_inside and w.options ? 'signal'
      union all
      select c.*
      from noetl_internal.make_problem(
        'error', w.at, 'a wait without other tools has no policy and no set of its own',
        'Write set and the arcs on the step.'
      ) as c
      where not w.is_inside and (w.tool -> 'rules' <> '[]' or w.tool -> 'set' <> '[]')
    ) as p;
end;
$function$;

comment on function noetl_internal.check_waits(jsonb)
is 'What a wait waits for: one of a time, a duration, a signal.';
