-- Forget the commands that were to be published. Workers find them without.
-- Locks: outbox rows, skipping locked ones.
create or replace function noetl_internal.forget_publications()
returns void
language plpgsql volatile
as $function$
begin
  delete from noetl.change as c
  where
    c.change_id in (
      select p.change_id from noetl.change as p
      where p.kind = 'publish'
      for update skip locked
    );
end;
$function$;

comment on function noetl_internal.forget_publications()
is 'Forget the commands that were to be published.';
