-- How many dispatchers are alive: those that have renewed their session within a lease. p_needs:
-- only those that are capable of it; null: all.
create or replace function noetl_internal.live_dispatchers(p_needs text default null)
returns integer
language plpgsql volatile
as $function$
begin
  return (
    select count(*)::integer from noetl.runtime as s
    where
      s.kind = 'dispatcher'
      and s.status = 'active'
      and s.heartbeat_at > noetl_internal.clock_now() - make_interval(
        secs => noetl_internal.setting_integer('dispatcher_lease_seconds')
      )
      and (p_needs is null or s.capacity -> p_needs = 'true')
  );
end;
$function$;

comment on function noetl_internal.live_dispatchers(text)
is 'How many dispatchers are alive.';
