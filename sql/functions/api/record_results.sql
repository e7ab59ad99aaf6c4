-- Store results before they are reported: rows for what lies in stores, payload and row for tier
-- db. Each of p_results has execution_id, command_id, step, name, store_tier, physical_uri,
-- content_type, bytes, sha256, in tier db payload, and optionally row_count, manifest, scope, ttl
-- (seconds) and sources (references of what it was made from). The same command and name: the
-- same reference, and the physical_uri that was recorded first: bytes elsewhere are nobody's.
-- Raises: NE401, NE410, NE403 for a command the session does not hold.
create or replace function noetl.record_results(
  p_session uuid,
  p_results jsonb
)
returns table (command_id text, name text, ref_id bigint, ref text, physical_uri text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
#variable_conflict use_column
declare
  v_stranger text;
begin
  perform noetl_internal.require_session(p_session);
  select r.value ->> 'command_id' into v_stranger
  from jsonb_array_elements(p_results) as r (value)
  where not exists (
    select from noetl.command as c
    where
      c.execution_id = (r.value ->> 'execution_id')::bigint
      and c.command_id = r.value ->> 'command_id'
      and c.session_id = p_session
  )
  limit 1;
  if found then
    raise exception 'this session does not hold command %', v_stranger using
      errcode = 'NE403', hint = 'Drop the result: another attempt owns the command.';
  end if;
  return query
  select s.command_id, s.name, s.ref_id, s.ref, s.physical_uri
  from jsonb_array_elements(p_results) as r (value)
  cross join lateral noetl_internal.store_result(r.value) as s;
end;
$function$;

comment on function noetl.record_results(uuid, jsonb)
is 'Store results, or where they are, before they are reported.';
revoke all on function noetl.record_results(uuid, jsonb) from public;
grant execute on function noetl.record_results(uuid, jsonb) to noetl_worker;
