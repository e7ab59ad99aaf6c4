-- Lease the first p_limit queued commands of a session's pools to it, and tell so in the log;
-- returns the last of their places in line, null when there was none. p_picked: lease these rows
-- instead, which the transaction has locked; null: the first.
-- Locks: command rows, skipping locked ones.
create or replace function noetl_internal.lease_commands(
  p_session noetl.runtime,
  p_request_id uuid,
  p_limit integer,
  p_marks jsonb,
  p_floor bigint,
  p_picked tid []
)
returns bigint
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
declare
  v_place bigint;
begin
  with queued as (
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
    where p_picked is null
    limit p_limit
  ),
  ready as (
    select q.row_place from queued as q
    union all
    select k.row_place from unnest(p_picked) as k (row_place)
  ),
  leased as (
    update noetl.command as c
    set
      status = 'leased', session_id = p_session.session_id, request_id = p_request_id,
      claimed_at = noetl_internal.clock_now()
    from ready as r
    where c.ctid = r.row_place  -- locked, so it stays where it is
    returning c.*
  ),
  told as (
    insert into noetl.event (
      execution_id, catalog_id, event_type, node_name, status, current_index, worker_id, meta,
      created_at
    )
    select
      c.execution_id, c.catalog_id, 'command.claimed', c.step, 'leased', c.iter_index,
      p_session.name,
      jsonb_build_object('command_id', c.command_id, 'session', c.session_id), c.claimed_at
    from leased as c
    order by c.execution_id, c.command_id
    returning 1
  )
  select max(c.place) into v_place
  from leased as c
  where (select count(*) from told) > 0;
  return v_place;
end;
$function$;

comment on function noetl_internal.lease_commands(
  noetl.runtime, uuid, integer, jsonb, bigint, tid []
)
is 'Lease the first queued commands of a session''s pools to it.';
