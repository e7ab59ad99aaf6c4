-- Step names must be unique and arcs must lead to steps that exist.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_steps(p_steps jsonb)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    with step as (
      select
        s.value as definition, s.value ->> 'step' as name, s.value #>> '{checks,at}' as at,
        s.place
      from jsonb_array_elements(p_steps) with ordinality as s (value, place)
    ),

    known as (
      select coalesce(array_agg(distinct s.name), '{}') as names
      from step as s
      where s.name is not null
    ),

    again as (
      select s.name, s.at, first_value(s.at) over w as first_at, row_number() over w as number
      from step as s
      where s.name is not null
      window w as (partition by s.name order by s.place)
    )

    select p.*
    from again as a
    cross join lateral noetl_internal.make_problem(
      'error', a.at || '.step',
      format('a step named "%s" exists already, at %s', a.name, a.first_at),
      'Give each step a name of its own.'
    ) as p
    where a.number > 1
    union all
    select p.*
    from step as s
    cross join lateral jsonb_array_elements(s.definition #> '{next,arcs}') as a (arc)
    cross join known as k
    cross join lateral noetl_internal.make_problem(
      'error', (a.arc ->> 'at') || case when a.arc ->> 'at' like '%next' then '' else '.step' end,
      format('no step named "%s"', a.arc ->> 'step'),
      noetl_internal.suggest_name(a.arc ->> 'step', k.names)
    ) as p
    where a.arc ->> 'step' <> all(k.names);
end;
$function$;

comment on function noetl_internal.check_steps(jsonb)
is 'Step names must be unique and arcs must lead to steps that exist.';
