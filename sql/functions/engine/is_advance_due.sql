-- Whether the outbox holds runs to move on, among many that are only to be projected, or something
-- is left to be counted.
create or replace function noetl_internal.is_advance_due()
returns boolean
language plpgsql stable
as $function$
begin
  return exists (select from noetl.change as c where c.kind in ('advance', 'cancel'))
    or exists (select from noetl.loop_tally);
end;
$function$;

comment on function noetl_internal.is_advance_due()
is 'Whether the outbox holds runs to move on.';
