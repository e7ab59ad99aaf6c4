-- Stand in line for a place under a concurrency key, for a token or, as token 0, a whole run;
-- grant_slots hands the places out. Asking again keeps the place in line.
-- Locks: the caller holds the run row, or has just inserted it.
create or replace function noetl_internal.request_slot(
  p_execution_id bigint,
  p_token_id integer,
  p_slot jsonb,
  p_is_held boolean
)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.slot (execution_id, token_id, key, key_limit, priority, is_held)
  select
    p_execution_id, p_token_id, p_slot ->> 'key', (p_slot ->> 'limit')::integer, r.priority,
    p_is_held
  from noetl.run as r
  where r.execution_id = p_execution_id
  on conflict do nothing;
end;
$function$;

comment on function noetl_internal.request_slot(bigint, integer, jsonb, boolean)
is 'Stand in line for a place under a concurrency key.';
