-- Whether a run is to be moved on, or a token waits for a place under a concurrency key.
create or replace function noetl_internal.has_outbox_work()
returns boolean
language plpgsql volatile
as $function$
begin
  return exists (select from noetl.change as c where c.kind in ('advance', 'cancel'))
    or exists (select from noetl.slot as s where not s.is_held);
end;
$function$;

comment on function noetl_internal.has_outbox_work()
is 'Whether a run is to be moved on, or a token waits for a place under a concurrency key.';
