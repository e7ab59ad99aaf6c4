-- Which of these objects in stores are nobody's: written for an execution of this database,
-- recorded by no result that is still there, and not to be recorded any more, since the command is
-- over that begins their name (…/{command_id}.{name}). p_objects is [{"execution_id", "uri"}, …].
-- Locks: none. Raises: NE401, NE410, NE422.
create or replace function noetl.unknown_objects(
  p_session uuid,
  p_objects jsonb
)
returns setof text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
begin
  perform noetl_internal.require_session(p_session);
  if jsonb_typeof(p_objects) is distinct from 'array' then
    raise exception 'objects is no list' using
      errcode = 'NE422', hint = 'Pass a list of {"execution_id", "uri"}.';
  end if;
  return query
  select o.uri
  from jsonb_to_recordset(p_objects) as o (execution_id bigint, uri text)
  where
    exists (select from noetl.execution as x where x.execution_id = o.execution_id)
    and not exists (
      select from noetl.result_ref as r
      where
        r.execution_id = o.execution_id and r.physical_uri = o.uri and r.removed_at is null
    )
    and not exists (
      select from noetl.command as c
      where
        c.execution_id = o.execution_id
        and c.command_id = substring(o.uri from '/([^/.]+)[.][^/]*$')
    );
end;
$function$;

comment on function noetl.unknown_objects(uuid, jsonb)
is 'Which of these objects in stores are recorded by no result.';
revoke all on function noetl.unknown_objects(uuid, jsonb) from public;
grant execute on function noetl.unknown_objects(uuid, jsonb) to noetl_worker;
