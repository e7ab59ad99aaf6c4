-- Store a chunk of the collection that a collect command gathers, from index p_first on; returns
-- how many items. Chunks start at multiples of 500. Storing one again changes nothing.
-- Raises: NE401, NE410, NE403 when the session does not hold the command, NE422 for a chunk that is
-- no list or is misaligned.
create or replace function noetl.store_items(
  p_session uuid,
  p_execution_id bigint,
  p_command_id text,
  p_first integer,
  p_items jsonb
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_loop_id bigint;
begin
  perform noetl_internal.require_session(p_session);
  select (c.input ->> 'loop_id')::bigint into v_loop_id
  from noetl.command as c
  where
    c.execution_id = p_execution_id and c.command_id = p_command_id
    and c.session_id = p_session and c.task = 'collect';
  if v_loop_id is null then
    raise exception 'this session holds no collect command %', p_command_id using
      errcode = 'NE403', hint = 'Drop the command: another attempt owns it.';
  elsif jsonb_typeof(p_items) is distinct from 'array' or p_first % 500 <> 0 or p_first < 0 then
    raise exception 'a chunk is a list that starts at a multiple of 500' using
      errcode = 'NE422', hint = 'Send the items in order, 500 or 1000 at a time.';
  end if;
  perform noetl_internal.store_items(p_execution_id, v_loop_id, p_first, p_items);
  return jsonb_array_length(p_items);
end;
$function$;

comment on function noetl.store_items(uuid, bigint, text, integer, jsonb)
is 'Store a chunk of the collection that a collect command gathers.';
revoke all on function noetl.store_items(uuid, bigint, text, integer, jsonb) from public;
grant execute on function noetl.store_items(uuid, bigint, text, integer, jsonb) to noetl_worker;
