-- Let commands be published as they are issued, for the time of a dispatcher's lease: nobody has to
-- end it when the dispatcher is lost. Not while what is to be published has waited for longer than
-- that: NATS is away then, workers find commands by polling, and the outbox must not grow for ever.
create or replace function noetl_internal.keep_publishing()
returns void
language plpgsql volatile
as $function$
declare
  v_seconds integer := noetl_internal.setting_integer('dispatcher_lease_seconds');
begin
  if
    (
      select c.marked_at from noetl.change as c
      where c.change_id = (select noetl_internal.first_publication())
    ) < noetl_internal.clock_now() - make_interval(secs => v_seconds)
  then
    return;
  end if;
  perform setval(
    'noetl.publishing_until', noetl_internal.clock_ms() + 1000 * v_seconds
  );
end;
$function$;

comment on function noetl_internal.keep_publishing()
is 'Let commands be published as they are issued, for the time of a lease.';
