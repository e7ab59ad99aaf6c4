-- Claim an idempotency key for a new execution; returns the execution that has it. Without a key:
-- the new one.
-- Locks: waits for a concurrent claim of the same key.
create or replace function noetl_internal.claim_start_key(
  p_path text,
  p_key text,
  p_execution_id bigint
)
returns bigint
language plpgsql volatile
as $function$
declare
  v_known bigint;
begin
  if p_key is null then
    return p_execution_id;
  end if;
  insert into noetl.start_key (path, idempotency_key, execution_id)
  values (p_path, p_key, p_execution_id)
  on conflict do nothing;
  select k.execution_id into v_known from noetl.start_key as k
  where k.path = p_path and k.idempotency_key = p_key;
  return v_known;
end;
$function$;

comment on function noetl_internal.claim_start_key(text, text, bigint)
is 'Claim an idempotency key for a new execution.';
