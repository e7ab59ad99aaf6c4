-- Hand out the free places under concurrency keys to who waits first, by priority, and put their
-- runs into the outbox; returns how many. One session at a time does it; the others leave. A place
-- of a run that somebody is ending waits for the next pass: that one waits for the place's row.
-- Locks: the granting lock, tried; slot rows, skipping locked ones. Never waits, and the caller
-- waits for nothing after it.
create or replace function noetl_internal.grant_slots()
returns integer
language plpgsql volatile
as $function$
declare
  v_count integer;
begin
  if not exists (select from noetl.slot as s where not s.is_held)
    or not pg_try_advisory_xact_lock(noetl_internal.lock_key('concurrency', 0)) then
    return 0;
  end if;
  -- A new statement: it sees what the last holder of the lock has granted.
  with line as (
    select
      s.execution_id, s.token_id, s.is_held, s.key_limit,
      row_number() over (
        partition by s.key order by s.is_held desc, s.priority desc, s.place
      ) as number
    from noetl.slot as s
    where s.key in (select w.key from noetl.slot as w where not w.is_held)
  ),
  next_ones as (
    select s.execution_id, s.token_id
    from noetl.slot as s
    inner join line as l on l.execution_id = s.execution_id and l.token_id = s.token_id
    where not l.is_held and l.number <= l.key_limit
    for no key update of s skip locked
  ),
  granted as (
    update noetl.slot as s
    set is_held = true
    from next_ones as n
    where s.execution_id = n.execution_id and s.token_id = n.token_id
    returning s.execution_id
  )
  insert into noetl.change (kind, execution_id)
  select distinct 'advance', g.execution_id
  from granted as g
  order by g.execution_id;
  get diagnostics v_count = row_count;
  return v_count;
end;
$function$;

comment on function noetl_internal.grant_slots()
is 'Hand out the free places under concurrency keys to who waits first.';
