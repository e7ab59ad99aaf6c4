-- Try to become the session that counts a loop's items and issues the next, until its transaction
-- ends: reports of one loop would else wait for each other's flush to the disk.
-- Locks: the loop's counting lock, tried.
create or replace function noetl_internal.lock_loop(p_loop_id bigint)
returns boolean
language plpgsql volatile
as $function$
begin
  return pg_try_advisory_xact_lock(noetl_internal.lock_key('loop', p_loop_id));
end;
$function$;

comment on function noetl_internal.lock_loop(bigint)
is 'Try to become the session that counts a loop''s items.';
