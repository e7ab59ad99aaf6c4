-- The steps of a run whose queued commands no live worker can take: [{"step", "pool", "kinds",
-- "commands"}], commands up to 1000; null when there are none. Looks at the few steps that are at
-- work, and at the queue only for one that nobody serves.
create or replace function noetl_internal.unserved_steps(
  p_execution_id bigint,
  p_catalog_id bigint,
  p_steps jsonb
)
returns jsonb
language plpgsql stable  -- whose plan is kept, other than that of a function in SQL
as $function$
begin
  return (
    select jsonb_agg(
      jsonb_build_object(
        'step', u.step, 'pool', u.pool, 'kinds', to_jsonb(u.kinds), 'commands', q.count
      )
      order by u.step
    )
    from (
      select s.step, s.kinds, coalesce(s.definition ->> 'pool', r.pool) as pool
      from jsonb_each(p_steps) as e
      inner join noetl.catalog_step as s on s.catalog_id = p_catalog_id and s.step = e.key
      inner join noetl.run as r on r.execution_id = p_execution_id
      where e.value ->> 'status' = 'running'
    ) as u
    cross join lateral (
      select count(*) as count
      from (
        select from noetl.command as c
        where
          c.execution_id = p_execution_id and c.step = u.step and c.status = 'queued'
          and (c.task in ('run', 'frame') or not noetl_internal.is_served(c.pool, '{}'))
        limit 1000
      ) as c
    ) as q
    where not noetl_internal.is_served(u.pool, u.kinds) and q.count > 0
  );
end;
$function$;

comment on function noetl_internal.unserved_steps(bigint, bigint, jsonb)
is 'The steps of a run whose queued commands no live worker can take.';
