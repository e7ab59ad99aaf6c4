-- Whether claims would be helped by raise_floor: commands were handed out since it last looked, or
-- are queued.
create or replace function noetl_internal.is_floor_due()
returns boolean
language plpgsql volatile
as $function$
begin
  return noetl_internal.served_place() <> (select n.last_value from noetl.claim_floor_next as n)
    or exists (select from noetl.command as c where c.status = 'queued');
end;
$function$;

comment on function noetl_internal.is_floor_due()
is 'Whether claims would be helped by raise_floor.';
