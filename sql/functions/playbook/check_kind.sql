-- The kind of one tool: known, and with a driver in this version.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_kind(
  p_tool jsonb,
  p_workbook text []
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select p.*
    from (
      select
        array_agg(t.kind order by t.kind) as kinds,
        array_agg(t.kind) filter (where t.keys is not null) as drivers
      from noetl_internal.grammar_tools() as t
    ) as k
    cross join lateral (
      select c.*
      from noetl_internal.make_problem(
        'error', (p_tool ->> 'at') || '.kind', format('unknown kind "%s"', p_tool ->> 'kind'),
        coalesce(
          'Did you mean "' || noetl_internal.closest_name(p_tool ->> 'kind', k.kinds) || '"? ', ''
        ) || 'Known: ' || array_to_string(k.kinds, ', ') || '.'
      ) as c
      where p_tool ->> 'kind' <> all(k.kinds)
      union all
      select c.*
      from noetl_internal.make_problem(
        'warning', (p_tool ->> 'at') || '.kind',
        format(
          'kind "%s" has no driver in this version: the step fails when it is run',
          p_tool ->> 'kind'
        ),
        'Kinds with a driver: ' || array_to_string(k.drivers, ', ') || '.'
      ) as c
      where p_tool ->> 'kind' = any(k.kinds) and p_tool ->> 'kind' <> all(k.drivers)
      union all
      select c.*
      from noetl_internal.make_problem(
        'error', (p_tool ->> 'at') || '.task',
        format('no workbook tool named "%s"', p_tool #>> '{options,task}'),
        noetl_internal.suggest_name(p_tool #>> '{options,task}', p_workbook)
      ) as c
      -- A workbook's tool that was found has taken the place of this kind.
      where p_tool ->> 'kind' = 'workbook' and p_tool #>> '{options,task}' <> all(p_workbook)
    ) as p;
end;
$function$;

comment on function noetl_internal.check_kind(jsonb, text [])
is 'The kind of one tool: known, and with a driver in this version.';
