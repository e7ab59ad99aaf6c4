-- Raise the place below which claims need not look, so that they do not walk over the dead rows
-- that a foreign snapshot keeps; a tick. The floor is the lower of the first queued place and of
-- the place served when it was last raised: what is being issued meanwhile has a later one. A
-- command issued in a longer transaction may come to lie below: a look from the bottom lowers the
-- floor, every half second or, where it takes long, for a twentieth of the time, at least every
-- 10 s. Repeated sooner, or while another session does it: nothing.
-- Locks: one advisory lock, tried. Never raises.
create or replace function noetl.raise_floor()
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_now bigint := noetl_internal.clock_ms();
  v_started timestamptz := clock_timestamp();
  v_is_full boolean;
  v_known record;
  v_served bigint := noetl_internal.served_place();
  v_floor bigint;
begin
  if not pg_try_advisory_xact_lock(noetl_internal.lock_key('floor', 0)) then
    return;
  end if;
  select
    f.last_value as place, n.last_value as next_place, d.last_value as due,
    r.last_value as raised_at
  into v_known
  from noetl.claim_floor as f
  cross join noetl.claim_floor_next as n
  cross join noetl.claim_floor_due as d
  cross join noetl.claim_floor_raised as r;
  if v_now < v_known.raised_at + 200 then
    return;
  end if;
  -- The floor is a hint: it need not wait for the disk.
  perform set_config('synchronous_commit', 'off', true);
  v_is_full := v_now >= v_known.due;
  v_floor := least(
    noetl_internal.lowest_place(case when v_is_full then 0 else v_known.place end),
    v_known.next_place
  );
  -- An idle system writes no more than that somebody has looked.
  if (v_floor, v_served) is distinct from (v_known.place, v_known.next_place) then
    perform
      setval('noetl.claim_floor', v_floor),
      setval('noetl.claim_floor_next', v_served),
      setval('noetl.claim_floor_raised', v_now);
  end if;
  if v_is_full then
    perform setval(
      'noetl.claim_floor_due',
      v_now + least(
        greatest(500, 20 * (extract(epoch from clock_timestamp() - v_started) * 1000)::bigint),
        10000
      )
    );
  end if;
end;
$function$;

comment on function noetl.raise_floor()
is 'Raise the place below which claims need not look; a tick.';
revoke all on function noetl.raise_floor() from public;
grant execute on function noetl.raise_floor() to noetl_worker;
