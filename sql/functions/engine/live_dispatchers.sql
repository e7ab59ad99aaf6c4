-- How many dispatchers are alive: those that have renewed their session within a lease.
create or replace function noetl_internal.live_dispatchers()
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
  );
end;
$function$;

comment on function noetl_internal.live_dispatchers()
is 'How many dispatchers are alive.';
