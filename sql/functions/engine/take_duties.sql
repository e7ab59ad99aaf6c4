-- Take up to p_count duties that nobody has, or whose owner has let the lease run out; which.
-- p_needs: of those that need this capability; null: of those that need none.
-- None for a session that is ending.
-- Locks: rows of duties, skipping locked ones; as hold_session.
create or replace function noetl_internal.take_duties(
  p_session_id uuid,
  p_needs text,
  p_count integer,
  p_now timestamptz,
  p_lease interval
)
returns text []
language plpgsql volatile
as $function$
declare
  v_taken text [];
begin
  with free as (
    select d.duty from noetl.duty as d
    where
      d.needs is not distinct from p_needs
      and (d.owner_session_id is null or d.lease_until <= p_now)
    order by d.duty
    limit p_count
    for no key update skip locked
  ),
  taken as (
    update noetl.duty as d
    set owner_session_id = p_session_id, lease_until = p_now + p_lease, epoch = d.epoch + 1
    from free as f
    where d.duty = f.duty and noetl_internal.hold_session(p_session_id)
    returning d.duty
  )
  select coalesce(array_agg(t.duty order by t.duty), '{}') into v_taken from taken as t;
  return v_taken;
end;
$function$;

comment on function noetl_internal.take_duties(uuid, text, integer, timestamptz, interval)
is 'Take duties that nobody has.';
