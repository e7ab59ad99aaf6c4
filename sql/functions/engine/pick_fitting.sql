-- Lock the first queued commands of a session's pools that fit into the room it has per tool kind,
-- up to p_limit; returns where their rows are. Those of a kind without any room are passed over:
-- where these are many, the session remembers how far it came, and for a tenth of the time its next
-- claims with room for the same kinds begin there (note_passed).
-- Where there is some, more may be queued than fit: then fewer come than could, and the next claim,
-- which says what is left, gives the others.
-- Locks: command rows, skipping locked ones; as note_passed.
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
declare
  c_many_blocks constant integer := 50;  -- some thousand rows
  v_began timestamptz := clock_timestamp();
  v_blocks bigint := pg_stat_get_xact_blocks_fetched('noetl.command'::regclass);
  v_passed jsonb := noetl_internal.passed_places(p_session, p_room);
  v_locked tid [];
  v_picked tid [];
begin
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
        and c.place >= greatest(
          (p_marks ->> l.priority::text)::bigint, p_floor,
          (v_passed ->> concat(l.priority, p.pool))::bigint
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
  select
    array_agg(q.row_place),
    array_agg(q.row_place) filter (
      where not exists (select from crowded as u where u.row_place = q.row_place)
    )
  into v_locked, v_picked
  from queued as q;
  -- Not the time that it took, which is long on a busy machine too: what it had to read.
  if
    pg_stat_get_xact_blocks_fetched('noetl.command'::regclass) - v_blocks
    >= c_many_blocks + p_limit
  then
    perform noetl_internal.note_passed(
      p_session, p_room, v_locked, coalesce(cardinality(v_locked), 0) < p_limit, v_began
    );
  end if;
  return coalesce(v_picked, array[]::tid []);
end;
$function$;

comment on function noetl_internal.pick_fitting(noetl.runtime, integer, jsonb, bigint, jsonb)
is 'Lock the first queued commands that fit into the room a session has per tool kind.';
