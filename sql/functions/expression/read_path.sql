-- Value of a name with static attributes: a variable, else a result's view.
-- Locks: none. Raises: NE464.
create or replace function noetl_internal.read_path(
  p_path text[],
  p_names jsonb,
  p_views jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_name text := p_path[1];
  v_field text := p_path[2];
  v_value jsonb;
  v_from_envelope boolean;
begin
  if p_names ? v_name or not p_views ? v_name then
    return p_names #> p_path;
  end if;
  if v_field is null then
    v_value := p_views #> array[v_name, 'payload'];
    if v_value is null then
      perform noetl_internal.raise_not_loaded(v_name);
    end if;
    return v_value;
  end if;
  -- "#>" of the wanted field only: a large payload is not copied
  v_value := p_views #> array[v_name, 'envelope', v_field];
  v_from_envelope := v_field <> 'data' and v_value <> 'null' and (
    p_views #>> array[v_name, 'first'] = 'envelope'
    or p_views #> array[v_name, 'payload', v_field] is null
  );
  if v_from_envelope then
    return p_views #> (array[v_name, 'envelope'] || p_path[2:]);
  end if;
  if v_field = 'data' and p_views #> array[v_name, 'payload', 'data'] is null then
    v_value := p_views #> (array[v_name, 'payload'] || p_path[3:]);
  else
    v_value := p_views #> (array[v_name, 'payload'] || p_path[2:]);
  end if;
  if v_value is null and not p_views -> v_name ? 'payload' then
    perform noetl_internal.raise_not_loaded(v_name);
  end if;
  return v_value;
end;
$function$;

comment on function noetl_internal.read_path(text[], jsonb, jsonb)
  is 'Value of a name with static attributes: a variable, else a result''s view.';
revoke all on function noetl_internal.read_path(text[], jsonb, jsonb) from public;
