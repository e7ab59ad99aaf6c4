-- The ticks that are a session's to call: of a dispatcher those it holds, of a worker all while no
-- dispatcher is alive; of nobody in particular all. Those that need a capability are for
-- dispatchers alone.
-- Locks: of a dispatcher as hold_duties. Raises: NE401, NE410.
create or replace function noetl_internal.duties_of(p_session_id uuid)
returns text []
language plpgsql volatile
as $function$
declare
  v_session noetl.runtime;
begin
  if p_session_id is not null then
    select * into v_session from noetl_internal.require_session(p_session_id);
  end if;
  if v_session.kind = 'dispatcher' then
    return noetl_internal.hold_duties(v_session);
  elsif v_session.kind = 'worker' and noetl_internal.live_dispatchers() > 0 then
    return array[]::text [];
  end if;
  return array(select d.duty from noetl.duty as d where d.needs is null);
end;
$function$;

comment on function noetl_internal.duties_of(uuid)
is 'The ticks that are a session''s to call.';
