-- The targets of all writes: ctx, step, iter and pipeline-local names can be written, nothing else.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_sets(p_steps jsonb)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select p.*
    from (
      select jsonb_path_query(p_steps, '$[*].checks.sets[*]') as entry
      union all
      select jsonb_path_query(p_steps, '$[*].next.arcs[*].set[*]')
      union all
      select jsonb_path_query(p_steps, '$[*].checks.tools[*].set[*]')
      union all
      select jsonb_path_query(p_steps, '$[*].checks.tools[*].rules[*].set[*]')
    ) as s
    cross join lateral (
      select
        s.entry ->> 'at' as at,
        s.entry ->> 'target' as target,
        substring(s.entry ->> 'target' from '^(?:ctx|local)\.(\w+)') as root
    ) as t
    cross join lateral (
      select c.*
      from noetl_internal.make_problem(
        'error', t.at, format('"%s" cannot be written', t.root),
        'A set writes ctx.<name>, step.<name> or iter.<name>.'
      ) as c
      where
        t.root in (
          'workload', 'output', 'event', 'input', 'env', 'keychain', 'job', 'execution_id',
          'results'
        )
        and t.target ~ '^\w+\.\w+\.'
      union all
      select c.*
      from noetl_internal.make_problem(
        'error', t.at, 'the target of a set is no name',
        'Write ctx.<name>, without spaces or braces.'
      ) as c
      where t.target !~ '^[^.\s{}]+(\.[^.\s{}]+)+$'
    ) as p;
end;
$function$;

comment on function noetl_internal.check_sets(jsonb)
is 'The targets of all writes.';
