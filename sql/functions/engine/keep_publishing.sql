-- Let commands be published as they are issued, for the time of a dispatcher's lease: nobody has to
-- end it when the dispatcher is lost.
create or replace function noetl_internal.keep_publishing()
returns void
language plpgsql volatile
as $function$
begin
  perform setval(
    'noetl.publishing_until',
    noetl_internal.clock_ms()
    + 1000 * noetl_internal.setting_integer('dispatcher_lease_seconds')
  );
end;
$function$;

comment on function noetl_internal.keep_publishing()
is 'Let commands be published as they are issued, for the time of a lease.';
