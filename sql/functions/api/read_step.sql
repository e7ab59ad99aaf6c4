-- What a worker needs to run a step (docs/protocol.md, definition.task); it never changes, so it
-- may be cached.
-- Raises: NE401, NE410, NE404.
create or replace function noetl.read_step(
  p_session uuid,
  p_catalog_id bigint,
  p_step text
)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_definition jsonb := noetl_internal.step_definition(p_catalog_id, p_step);
begin
  perform noetl_internal.require_session(p_session);
  if v_definition is null then
    raise exception 'playbook % has no step "%"', p_catalog_id, p_step using
      errcode = 'NE404', hint = 'Ask only for steps of claimed commands.';
  end if;
  return v_definition -> 'task';
end;
$function$;

comment on function noetl.read_step(uuid, bigint, text)
is 'What a worker needs to run a step.';
revoke all on function noetl.read_step(uuid, bigint, text) from public;
grant execute on function noetl.read_step(uuid, bigint, text) to noetl_worker;
