-- Check what a process says that it can take (docs/protocol.md): one bad report must not get into
-- the way of the choice among all workers. Null and other keys are fine.
-- Raises: NE422.
create or replace function noetl_internal.require_capacity(p_capacity jsonb)
returns void
language plpgsql immutable
as $function$
declare
  v_tool record;
begin
  if
    jsonb_typeof(p_capacity) <> 'object'
    or octet_length(p_capacity::text) > 16384
    or jsonb_typeof(p_capacity -> 'tools') <> 'array'
    or jsonb_path_exists(p_capacity, 'strict $.tools[*] ? (@.type() != "string")', '{}', true)
    or jsonb_typeof(p_capacity -> 'tool_pools') <> 'object'
    or jsonb_typeof(p_capacity -> 'version') <> 'string'
  then
    raise exception 'a capacity is an object, of at most 16 kB' using
      errcode = 'NE422',
      hint = 'Pass such as {"slots": 8, "available_slots": 8, "active_tasks": 0, "tools": '
      '["python"], "tool_pools": {"python": {"slots": 4, "free": 4}}, "version": "1"}.';
  end if;
  perform noetl_internal.require_counts(
    (
      select jsonb_object_agg(c.key, c.value)
      from jsonb_each(p_capacity) as c
      where c.key in ('slots', 'available_slots', 'active_tasks')
    ),
    'slots, available_slots and active_tasks'
  );
  -- A row loop over the kinds with slots of their own, few.
  for v_tool in
    select p.key as kind, p.value as pool from jsonb_each(p_capacity -> 'tool_pools') as p
  loop
    perform noetl_internal.require_counts(v_tool.pool, format('tool_pools.%s', v_tool.kind));
  end loop;
end;
$function$;

comment on function noetl_internal.require_capacity(jsonb)
is 'Check what a process says that it can take.';
