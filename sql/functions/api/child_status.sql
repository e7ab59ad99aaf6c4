-- How child executions stand that this session's commands have started: status, error and result.
-- Raises: NE401, NE410.
create or replace function noetl.child_status(
  p_session uuid,
  p_execution_ids bigint []
)
returns table (execution_id bigint, status text, error jsonb, result jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
#variable_conflict use_column
begin
  perform noetl_internal.require_session(p_session);
  return query
  select r.execution_id, r.status::text, r.error, r.result
  from noetl.run as r
  where
    r.execution_id = any(p_execution_ids)
    and exists (
      select from noetl.command as c
      where
        c.session_id = p_session and c.status = 'leased'
        and c.execution_id = r.parent_execution_id
    );
end;
$function$;

comment on function noetl.child_status(uuid, bigint [])
is 'How child executions stand that this session''s commands have started.';
revoke all on function noetl.child_status(uuid, bigint []) from public;
grant execute on function noetl.child_status(uuid, bigint []) to noetl_worker;
