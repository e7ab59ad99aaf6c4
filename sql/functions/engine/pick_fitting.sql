-- Lock the first queued commands of a session's pools that fit into the room it has per tool kind,
-- up to p_limit; returns where their rows are. Those of a kind without any room are passed over.
-- Where there is some, more may be queued than fit: then fewer come than could, and the next claim,
-- which says what is left, gives the others.
-- Locks: command rows, skipping locked ones.
create or replace function noetl_internal.pick_fitting(
  p_session noetl.runtime,
  p_limit integer,
  p_marks jsonb,
  p_floor bigint,
  p_room jsonb
)
returns tid []
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
begin
  return array(
    with queued as (
      select q.*
      from unnest(p_session.pools) as p (pool)
      cross join generate_series(9, 0, -1) as l (priority)
      cross join lateral (
        select c.ctid as row_place, c.catalog_id, c.step, c.task, c.priority, c.place
        from noetl.command as c
        where
          c.status = 'queued'
          and c.pool = p.pool
          and c.priority = l.priority::smallint
          and c.place >= greatest((p_marks ->> l.priority::text)::bigint, p_floor)
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
    ),
    crowded as materialized (
      select u.row_place
      from (
        select
          q.row_place, coalesce(p_room ->> k.kind, p_room ->> '*')::integer as room,
          row_number() over (partition by k.kind order by q.priority desc, q.place) as number
        from queued as q
        inner join noetl.catalog_step as s on s.catalog_id = q.catalog_id and s.step = q.step
        cross join unnest(s.kinds) as k (kind)
        where q.task in ('run', 'frame')
      ) as u
      where u.number > u.room
    )
    select q.row_place from queued as q
    where not exists (select from crowded as u where u.row_place = q.row_place)
  );
end;
$function$;

comment on function noetl_internal.pick_fitting(noetl.runtime, integer, jsonb, bigint, jsonb)
is 'Lock the first queued commands that fit into the room a session has per tool kind.';
