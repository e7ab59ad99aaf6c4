-- Let others have the duties and the shards of a dispatcher, at once.
-- Locks: its rows of duties and shards.
create or replace function noetl_internal.give_up_duties(p_session_id uuid)
returns void
language plpgsql volatile
as $function$
begin
  update noetl.duty as d
  set owner_session_id = null, lease_until = null
  where d.owner_session_id = p_session_id;
  update noetl.execution_shard as s
  set owner_session_id = null, lease_until = null
  where s.owner_session_id = p_session_id;
end;
$function$;

comment on function noetl_internal.give_up_duties(uuid)
is 'Let others have the duties and the shards of a dispatcher, at once.';
