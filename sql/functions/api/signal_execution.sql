-- Send a named signal with a payload to a run: the first step that waits for it goes on with the
-- payload as its result ("delivered"); else it is kept until a step waits for it, or expires
-- ("kept"). Steps that wait for admission are looked at again. The options are {"idempotency_key":
-- text, "ttl": seconds}. Repeats under one key do nothing ("repeated"), and so does a run that is
-- not live ("ended").
-- Locks: the run's advisory lock shared, the run row. Raises: NE404, NE409, NE422.
create or replace function noetl.signal_execution(
  p_execution_id bigint,
  p_name text,
  p_payload jsonb default 'null',
  p_options jsonb default '{}'
)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  v_catalog_id bigint;
begin
  perform noetl_internal.require_read_committed();
  perform noetl_internal.require_signal(p_name, p_payload, p_options);
  perform pg_advisory_xact_lock_shared(noetl_internal.lock_key('run', p_execution_id));
  select r.catalog_id into v_catalog_id from noetl.run as r
  where r.execution_id = p_execution_id and r.status in ('running', 'waiting')
  for no key update;
  if found then
    return noetl_internal.receive_signal(
      p_execution_id, v_catalog_id, p_name, coalesce(p_payload, 'null'), p_options
    );
  elsif not exists (select from noetl.run as r where r.execution_id = p_execution_id)
    and not noetl_internal.is_retired(p_execution_id)
  then
    raise exception 'execution % does not exist', p_execution_id using
      errcode = 'NE404', hint = 'List executions with: noetl list.';
  end if;
  return 'ended';
end;
$function$;

comment on function noetl.signal_execution(bigint, text, jsonb, jsonb)
is 'Send a named signal to a run; it is kept until a step waits for it, or it expires.';
revoke all on function noetl.signal_execution(bigint, text, jsonb, jsonb) from public;
grant execute on function noetl.signal_execution(bigint, text, jsonb, jsonb)
to noetl_runner, noetl_operator;
