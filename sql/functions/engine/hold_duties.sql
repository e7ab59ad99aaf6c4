-- The duties of a dispatcher: renews its session and leases when a third of their time is over,
-- gives back what is more than its share of those alive, and takes what nobody has, or whose owner
-- has let the lease run out. What only some are capable of is shared out apart: whoever of them
-- finds it free takes it.
-- Locks: the session, rows of duties; as take_duties.
create or replace function noetl_internal.hold_duties(p_session noetl.runtime)
returns text []
language plpgsql volatile
as $function$
declare
  v_now timestamptz := noetl_internal.clock_now();
  v_lease interval := make_interval(
    secs => noetl_internal.setting_integer('dispatcher_lease_seconds')
  );
  v_share integer;
  v_own text [];
  v_special text [];
begin
  update noetl.runtime as s
  set heartbeat_at = v_now
  where s.session_id = p_session.session_id and s.heartbeat_at < v_now - v_lease / 3;
  -- The switch belongs to no transaction: who stopped may have turned it off for one who begins.
  if
    p_session.capacity @> '{"nats": true}' and (found or not noetl_internal.is_publishing())
  then
    perform noetl_internal.keep_publishing();
  end if;
  v_share := noetl_internal.lease_share(
    (select count(*) from noetl.duty as d where d.needs is null)
  );
  -- Whose lease has run out keeps what nobody has taken since.
  update noetl.duty as d
  set lease_until = v_now + v_lease
  where d.owner_session_id = p_session.session_id and d.lease_until < v_now + v_lease * 2 / 3;
  v_own := array(
    select d.duty from noetl.duty as d
    where d.owner_session_id = p_session.session_id and d.needs is null
    order by d.epoch, d.duty
  );
  v_special := noetl_internal.hold_special_duties(p_session, v_now, v_lease);
  if cardinality(v_own) > v_share then
    update noetl.duty as d
    set owner_session_id = null, lease_until = null
    where d.owner_session_id = p_session.session_id and d.duty = any(v_own[v_share + 1:]);
    return v_own[:v_share] || v_special;
  elsif cardinality(v_own) < v_share then
    v_own := v_own || noetl_internal.take_duties(
      p_session.session_id, null, v_share - cardinality(v_own), v_now, v_lease
    );
  end if;
  return v_own || v_special;
end;
$function$;

comment on function noetl_internal.hold_duties(noetl.runtime) is 'The duties of a dispatcher.';
