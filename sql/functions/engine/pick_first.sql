-- Lock the first queued commands of a session's pools, up to p_limit; returns where their rows are.
-- Locks: command rows, skipping locked ones.
create or replace function noetl_internal.pick_first(
  p_session noetl.runtime,
  p_limit integer,
  p_marks jsonb,
  p_floor bigint
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
        and c.place >= greatest((p_marks ->> l.priority::text)::bigint, p_floor)
      order by c.place
      limit p_limit
      for no key update skip locked
    ) as q
    limit p_limit
  );
end;
$function$;

comment on function noetl_internal.pick_first(noetl.runtime, integer, jsonb, bigint)
is 'Lock the first queued commands of a session''s pools.';
