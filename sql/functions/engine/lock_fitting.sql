-- Lock the first queued commands of a session's pools whose kinds all have some room, up to
-- p_limit; returns where their rows are. p_passed: from which place in line on it need look, by
-- priority and pool (passed_places).
-- Locks: command rows, skipping locked ones.
create or replace function noetl_internal.lock_fitting(
  p_session noetl.runtime,
  p_limit integer,
  p_marks jsonb,
  p_floor bigint,
  p_room jsonb,
  p_passed jsonb
)
returns tid []
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
begin
  return array(
    select q.row_place
    from unnest(p_session.pools) as p (pool)
    cross join generate_series(9, 0, -1) as l (priority)
    cross join lateral (
      select c.ctid as row_place
      from noetl.command as c
      where
        c.status = 'queued'
        and c.pool = p.pool
        and c.priority = l.priority::smallint
        and c.place >= greatest(
          (p_marks ->> l.priority::text)::bigint, p_floor,
          (p_passed ->> concat(l.priority, p.pool))::bigint
        )
        and (
          c.task not in ('run', 'frame')
          or not exists (
            select from noetl.catalog_step as s
            cross join unnest(s.kinds) as k (kind)
            where
              s.catalog_id = c.catalog_id and s.step = c.step
              and coalesce(p_room ->> k.kind, p_room ->> '*') = '0'
          )
        )
      order by c.place
      limit p_limit
      for no key update skip locked
    ) as q
    limit p_limit
  );
end;
$function$;

comment on function noetl_internal.lock_fitting(
  noetl.runtime, integer, jsonb, bigint, jsonb, jsonb
)
is 'Lock the first queued commands whose kinds all have some room.';
