-- Hand out the free places under concurrency keys to who waits first, by priority, and put their
-- runs into the outbox. One session at a time does it; the others leave.
-- Locks: the granting lock, tried; slot rows, which nobody else waits for.
create or replace function noetl_internal.grant_slots()
returns void
language plpgsql volatile
as $function$
begin
  if not exists (select from noetl.slot as s where not s.is_held)
    or not pg_try_advisory_xact_lock(noetl_internal.lock_key('concurrency', 0)) then
    return;
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
  granted as (
    update noetl.slot as s
    set is_held = true
    from line as l
    where
      s.execution_id = l.execution_id and s.token_id = l.token_id
      and not l.is_held and l.number <= l.key_limit
    returning s.execution_id
  )
  insert into noetl.change (kind, execution_id)
  select distinct 'advance', g.execution_id
  from granted as g
  order by g.execution_id;
end;
$function$;

comment on function noetl_internal.grant_slots()
is 'Hand out the free places under concurrency keys to who waits first.';
