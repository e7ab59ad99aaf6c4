-- Node that reads one key of a value; names with static attributes stay one path.
-- Locks: none. Never raises.
create or replace function noetl_internal.build_subscript(
  p_base jsonb,
  p_key jsonb
)
returns jsonb
language sql immutable parallel safe
as $function$
  -- Text that looks like a number is no path step: "#>" would index lists with it.
  select case
    when jsonb_typeof(p_key) <> 'string' then jsonb_build_array('item', p_base, p_key)
    when jsonb_typeof(p_base) = 'array' and p_base ->> 0 = 'path'
      and p_key #>> '{}' !~ '^\s*[-+]?[0-9]+\s*$'
      then jsonb_build_array('path', ((p_base ->> 1)::text[] || (p_key #>> '{}'))::text)
    else jsonb_build_array('get', p_base, p_key)
  end
$function$;

comment on function noetl_internal.build_subscript(jsonb, jsonb)
  is 'Node that reads one key of a value; names with static attributes stay one path.';
revoke all on function noetl_internal.build_subscript(jsonb, jsonb) from public;
