-- Issue commands given as rows {"execution_id", "command_id", …} (the fields of
-- noetl_internal.draft), each once. A command issued before is answered "already issued": no second
-- row, no doorbell. A run does not complete before the commands issued so have ended.
-- Locks: the runs' advisory locks exclusively, ascending, so that no report ends the run meanwhile.
-- Raises: NE409; NE404 when a run is not live.
create or replace function noetl.issue_commands(p_commands jsonb)
returns table (command_id text, outcome text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  v_drafts noetl_internal.draft [];
  v_issued text [];
  v_execution_id bigint;
begin
  perform noetl_internal.require_read_committed();
  select array_agg(d order by d.execution_id, d.command_id) into v_drafts
  from jsonb_populate_recordset(null::noetl_internal.draft, p_commands) as d;
  for v_execution_id in
    select distinct d.execution_id from unnest(v_drafts) as d order by d.execution_id
  loop
    perform pg_advisory_xact_lock(noetl_internal.lock_key('run', v_execution_id));
    if not exists (
      select from noetl.run as r
      where r.execution_id = v_execution_id and r.status in ('running', 'waiting')
    ) then
      raise exception 'execution % is not live', v_execution_id using
        errcode = 'NE404', hint = 'Commands are issued only while their execution runs.';
    end if;
  end loop;
  v_issued := noetl_internal.issue_batch(v_drafts);
  return query
  select
    d.command_id,
    case when d.command_id = any(v_issued) then 'issued' else 'already issued' end
  from unnest(v_drafts) as d;
end;
$function$;

comment on function noetl.issue_commands(jsonb)
is 'Issue commands, each once; says which were issued already.';
revoke all on function noetl.issue_commands(jsonb) from public;
grant execute on function noetl.issue_commands(jsonb) to noetl_operator;
