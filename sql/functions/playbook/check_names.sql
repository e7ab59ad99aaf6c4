-- Names that nothing in the document provides. Warnings: the caller's input may bring more than the
-- defaults tell.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_names(
  p_compiled jsonb,
  p_steps jsonb
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    with known as (
      select
        array(select jsonb_array_elements(p_steps) ->> 'step')
        || array(select jsonb_object_keys(p_compiled #> '{head,workload}'))
        || array['workload', 'ctx'] || noetl_internal.builtin_names()
        || case when p_steps @? '$[*].loop.cursor' then '{frame}' else '{}'::text [] end as names,
        array(select jsonb_object_keys(p_compiled #> '{head,workload}')) as workload,
        array(
          select distinct substring(s.target #>> '{}' from '^ctx\.([^.]+)')
          from jsonb_path_query(p_compiled -> 'steps', '$.**.target') as s (target)
          where s.target #>> '{}' like 'ctx.%'
        ) as ctx
    ),

    used as (
      select distinct t.template ->> 'at' as at, n.name ->> 0 as root, n.name ->> 1 as attribute
      from noetl_internal.list_templates(p_compiled) as t
      cross join lateral jsonb_array_elements(t.template -> 'names') as n (name)
    )

    select p.*
    from used as u
    cross join known as k
    cross join lateral (
      select c.*
      from noetl_internal.make_problem(
        'warning', u.at, format('nothing here is named "%s"', u.root),
        noetl_internal.suggest_name(u.root, k.names[:1000])
      ) as c
      where u.root <> all(array_remove(k.names, null))
      union all
      select c.*
      from noetl_internal.make_problem(
        'warning', u.at, format('nothing here writes ctx.%s', u.attribute),
        coalesce(noetl_internal.suggest_name(u.attribute, k.ctx), 'Write it with a set.')
      ) as c
      where u.root = 'ctx' and u.attribute <> all(k.ctx)
      union all
      select c.*
      from noetl_internal.make_problem(
        'warning', u.at, format('workload has no default "%s"', u.attribute),
        format('Did you mean "%s"?', noetl_internal.closest_name(u.attribute, k.workload))
      ) as c
      where
        u.root = 'workload' and u.attribute <> all(k.workload)
        and noetl_internal.closest_name(u.attribute, k.workload) is not null
    ) as p;
end;
$function$;

comment on function noetl_internal.check_names(jsonb, jsonb)
is 'Names that nothing in the document provides.';
