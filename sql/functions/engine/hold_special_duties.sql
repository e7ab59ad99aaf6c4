-- The duties that need a capability, of a dispatcher that has it: those it holds, and those it can
-- take now.
-- Locks: as take_duties.
create or replace function noetl_internal.hold_special_duties(
  p_session noetl.runtime,
  p_now timestamptz,
  p_lease interval
)
returns text []
language plpgsql volatile
as $function$
declare
  v_free record;
  v_own text [];
begin
  v_own := array(
    select d.duty from noetl.duty as d
    where d.owner_session_id = p_session.session_id and d.needs is not null
    order by d.duty
  );
  -- A row loop over capabilities, of which there are few.
  for v_free in
    select d.needs, count(*)::integer as count from noetl.duty as d
    where
      p_session.capacity -> d.needs = 'true'
      and (d.owner_session_id is null or d.lease_until <= p_now)
    group by d.needs
  loop
    v_own := v_own || noetl_internal.take_duties(
      p_session.session_id, v_free.needs, v_free.count, p_now, p_lease
    );
  end loop;
  return v_own;
end;
$function$;

comment on function noetl_internal.hold_special_duties(noetl.runtime, timestamptz, interval)
is 'The duties that need a capability, of a dispatcher that has it.';
