-- Remember how far a claim had to walk that passed over many commands for want of room: by priority
-- and pool the place of the first that it locked; where it locked none although it went through
-- (always when p_is_all, else where it went on to a lower priority), that of the last in line. What
-- is queued below meanwhile is found by the next claim that begins at the bottom: after ten times
-- as long as this one took, 5 s at most. p_open: what it had room for (open_kinds).
-- Locks: the session's row, unless somebody has locked it.
create or replace function noetl_internal.note_passed(
  p_session noetl.runtime,
  p_open jsonb,
  p_locked tid [],
  p_is_all boolean,
  p_began timestamptz
)
returns void
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
declare
  v_now bigint := (extract(epoch from clock_timestamp()) * 1000)::bigint;
  v_places jsonb;
begin
  if
    not exists (
      select from noetl.runtime as s
      where s.session_id = p_session.session_id
      for no key update skip locked
    )
  then
    return;
  end if;
  select jsonb_object_agg(concat(l.priority, p.pool), coalesce(f.place, n.place))
  into v_places
  from unnest(p_session.pools) as p (pool)
  cross join generate_series(0, 9) as l (priority)
  left join lateral (
    select min(c.place) as place from noetl.command as c
    where
      c.ctid = any(p_locked) and c.pool = p.pool and c.priority = l.priority::smallint
  ) as f on true
  left join lateral (
    select c.place from noetl.command as c
    where c.status = 'queued' and c.pool = p.pool and c.priority = l.priority::smallint
    order by c.place desc
    limit 1
  ) as n on
    p_is_all
    or l.priority > (
      select min(c.priority) from noetl.command as c
      where c.ctid = any(p_locked) and c.pool = p.pool
    )
  where num_nonnulls(f.place, n.place) > 0;
  update noetl.runtime as s
  set
    passed = jsonb_build_object(
      'open', p_open, 'places', v_places,
      'until',
      v_now + least(10 * (v_now - extract(epoch from p_began) * 1000)::bigint, 5000)
    )
  where s.session_id = p_session.session_id;
end;
$function$;

comment on function noetl_internal.note_passed(
  noetl.runtime, jsonb, tid [], boolean, timestamptz
)
is 'Remember how far a claim had to walk for want of room.';
