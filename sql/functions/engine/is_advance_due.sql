-- Whether the outbox holds runs to move on, among many that are only to be projected.
create or replace function noetl_internal.is_advance_due()
returns boolean
language plpgsql stable
as $function$
begin
  return exists (select from noetl.change as c where c.kind in ('advance', 'cancel'));
end;
$function$;

comment on function noetl_internal.is_advance_due()
is 'Whether the outbox holds runs to move on.';
