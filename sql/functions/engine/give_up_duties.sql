-- Let others have the duties of a dispatcher, at once.
create or replace function noetl_internal.give_up_duties(p_session_id uuid)
returns void
language plpgsql volatile
as $function$
begin
  update noetl.duty as d
  set owner_session_id = null, lease_until = null
  where d.owner_session_id = p_session_id;
end;
$function$;

comment on function noetl_internal.give_up_duties(uuid)
is 'Let others have the duties of a dispatcher, at once.';
