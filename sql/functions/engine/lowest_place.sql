-- The first place in line, from p_from on, at which a command is queued that a live worker may
-- claim; null when there is none.
create or replace function noetl_internal.lowest_place(p_from bigint)
returns bigint
language plpgsql stable
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
begin
  return (
    select min(q.place)
    from (
      select distinct p.pool
      from noetl.runtime as s
      cross join unnest(s.pools) as p (pool)
      where s.status = 'active' and s.kind = 'worker'
    ) as p
    cross join generate_series(0, 9) as l (priority)
    cross join lateral (
      select c.place
      from noetl.command as c
      where
        c.status = 'queued'
        and c.pool = p.pool
        and c.priority = l.priority::smallint
        and c.place >= p_from
      order by c.place
      limit 1
    ) as q
  );
end;
$function$;

comment on function noetl_internal.lowest_place(bigint)
is 'The first place in line at which a command is queued.';
