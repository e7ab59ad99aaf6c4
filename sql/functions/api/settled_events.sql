-- Up to which event id nothing can appear any more that is not visible by now: ids are given before
-- a transaction commits. {"settled": that id, "pending": the next to be settled, "writers": who
-- wrote events when it was the last}; whoever follows events passes what it was told last, and
-- reads again what lies above (docs/api.md). Only transactions that write events are waited for.
-- Locks: none. Raises: NE422 for what is no such mark.
create or replace function noetl.settled_events(p_mark jsonb default null)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  v_settled bigint := noetl_internal.bigint_of(p_mark ->> 'settled');
  v_pending bigint := noetl_internal.bigint_of(p_mark ->> 'pending');
  v_last bigint := (
    select case when s.is_called then s.last_value else 0 end from noetl.event_id_seq as s
  );
  v_writers text [];
begin
  if
    p_mark is not null
    and (
      num_nulls(v_settled, v_pending) > 0
      or jsonb_typeof(p_mark -> 'writers') is distinct from 'array'
    )
  then
    raise exception 'this is no mark of settled_events' using
      errcode = 'NE422', hint = 'Pass what it answered last, or null at first.';
  end if;
  -- Who inserts into the log locks it before it is given ids, until it commits. A new statement:
  -- who has been given an id up to v_last is among them, or has committed.
  v_writers := array(
    select distinct l.virtualtransaction
    from pg_locks as l
    inner join pg_database as d on d.oid = l.database
    where
      d.datname = current_database() and l.locktype = 'relation'
      and l.relation = 'noetl.event'::regclass and l.mode = 'RowExclusiveLock'
      and l.pid is distinct from pg_backend_pid()
    order by l.virtualtransaction
  );
  if cardinality(v_writers) = 0 then
    v_settled := v_last;
  elsif p_mark -> 'writers' ?| v_writers then
    return p_mark;
  else
    v_settled := coalesce(v_pending, 0);
  end if;
  return jsonb_build_object('settled', v_settled, 'pending', v_last, 'writers', v_writers);
end;
$function$;

comment on function noetl.settled_events(jsonb)
is 'Up to which event id nothing can appear any more that is not visible by now.';
revoke all on function noetl.settled_events(jsonb) from public;
grant execute on function noetl.settled_events(jsonb) to noetl_reader, noetl_operator;
