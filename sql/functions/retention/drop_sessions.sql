-- Forget sessions that ended long ago, at most p_limit; returns how many. An ended session gets no
-- command and no duty any more, so what nothing refers to stays so.
-- Locks: rows of sessions.
create or replace function noetl_internal.drop_sessions(p_limit integer)
returns integer
language plpgsql volatile
as $function$
declare
  v_count integer;
begin
  delete from noetl.runtime as s
  where s.session_id in (select noetl_internal.forgettable_sessions(p_limit));
  get diagnostics v_count = row_count;
  return v_count;
end;
$function$;

comment on function noetl_internal.drop_sessions(integer)
is 'Forget sessions that ended long ago.';
