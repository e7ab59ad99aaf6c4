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
as $function$
declare
  c_many_blocks constant integer := 50;  -- some thousand rows
  v_began timestamptz := clock_timestamp();
  v_blocks bigint := pg_stat_get_xact_blocks_fetched('noetl.command'::regclass);
  v_open jsonb := noetl_internal.open_kinds(p_room);
  v_locked tid [] := noetl_internal.lock_fitting(
    p_session, p_limit, p_marks, p_floor, p_room,
    noetl_internal.passed_places(p_session, v_open)
  );
begin
  -- Not the time that it took, which is long on a busy machine too: what it had to read.
  if
    pg_stat_get_xact_blocks_fetched('noetl.command'::regclass) - v_blocks
    >= c_many_blocks + p_limit
  then
    perform noetl_internal.note_passed(
      p_session, v_open, v_locked, cardinality(v_locked) < p_limit, v_began
    );
  end if;
  return array(
    select u.row_place
    from (
      select
        c.ctid as row_place,
        -- Who runs no tool needs no room.
        case when k.kind is not null then coalesce(p_room ->> k.kind, p_room ->> '*')::integer end
          as room,
        row_number() over (partition by k.kind order by c.priority desc, c.place) as number
      from noetl.command as c
      left join noetl.catalog_step as s
        on s.catalog_id = c.catalog_id and s.step = c.step and c.task in ('run', 'frame')
      left join unnest(s.kinds) as k (kind) on true
      where c.ctid = any(v_locked)  -- locked, so it stays where it is
    ) as u
    group by u.row_place
    having not coalesce(bool_or(u.number > u.room), false)
  );
end;
$function$;

comment on function noetl_internal.pick_fitting(noetl.runtime, integer, jsonb, bigint, jsonb)
is 'Lock the first queued commands that fit into the room a session has per tool kind.';
