-- Value of a document of templates; a leaf that is undefined becomes null.
-- Locks: none. Raises: what the evaluation of its leaves raises.
create or replace function noetl_internal.evaluate_document(
  p_kind text,
  p_node jsonb,
  p_names jsonb,
  p_views jsonb,
  p_lenient boolean
)
returns jsonb
language plpgsql stable parallel safe
as $function$
declare
  v_is_object boolean := p_kind = 'object';
  v_keys text[] := array[]::text[];
  v_values jsonb[] := array[]::jsonb[];
begin
  for i in 1..jsonb_array_length(p_node) - 1 loop
    if v_is_object and i % 2 = 1 then
      v_keys := v_keys || (p_node ->> i);
    else
      v_values := v_values || coalesce(
        noetl_internal.evaluate_node(p_node -> i, p_names, p_views, p_lenient), 'null'
      );
    end if;
  end loop;
  if v_is_object then
    return (
      select jsonb_object_agg(m.key, m.value) from unnest(v_keys, v_values) as m (key, value)
    );
  end if;
  return to_jsonb(v_values);
end;
$function$;

comment on function noetl_internal.evaluate_document(text, jsonb, jsonb, jsonb, boolean)
  is 'Value of a document of templates; a leaf that is undefined becomes null.';
revoke all on function noetl_internal.evaluate_document(text, jsonb, jsonb, jsonb, boolean)
  from public;
