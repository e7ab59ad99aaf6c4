-- Let commands be published no more, unless a dispatcher that can is alive; forget those that were
-- to be.
-- Locks: as forget_publications.
create or replace function noetl_internal.stop_publishing()
returns void
language plpgsql volatile
as $function$
begin
  if not noetl_internal.is_publishing() or noetl_internal.live_dispatchers('nats') > 0 then
    return;
  end if;
  perform setval('noetl.publishing_until', 0);
  perform noetl_internal.forget_publications();
end;
$function$;

comment on function noetl_internal.stop_publishing()
is 'Let commands be published no more, unless a dispatcher that can is alive.';
