-- Let commands be published no more, unless a dispatcher that can is alive; forget those that were
-- to be. Workers find them without.
-- Locks: outbox rows, skipping locked ones.
create or replace function noetl_internal.stop_publishing()
returns void
language plpgsql volatile
as $function$
begin
  if not noetl_internal.is_publishing() or noetl_internal.live_dispatchers('nats') > 0 then
    return;
  end if;
  perform setval('noetl.publishing_until', 0);
  delete from noetl.change as c
  where
    c.change_id in (
      select p.change_id from noetl.change as p
      where p.kind = 'publish'
      for update skip locked
    );
end;
$function$;

comment on function noetl_internal.stop_publishing()
is 'Let commands be published no more, unless a dispatcher that can is alive.';
