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
  v_inside text[] := p_path[2:];
  v_value jsonb;
  v_rows jsonb;
begin
  if p_names ? v_name or not p_views ? v_name then
    return p_names #> p_path;
  end if;
  -- "#>" of the wanted field only: a large payload is not copied
  if v_field is not null then
    v_value := p_views #> array[v_name, 'envelope', v_field];
    if
      v_field <> 'data' and v_value <> 'null' and (
        p_views #>> array[v_name, 'first'] = 'envelope'
        or p_views #> array[v_name, 'payload', v_field] is null
      )
    then
      return p_views #> (array[v_name, 'envelope'] || p_path[2:]);
    elsif v_field = 'data' and p_views #> array[v_name, 'payload', 'data'] is null then
      v_inside := p_path[3:];
    end if;
  end if;
  v_value := p_views #> (array[v_name, 'payload'] || v_inside);
  v_rows := p_views #> array[v_name, 'envelope', '_rows'];
  if
    v_value is null and not p_views -> v_name ? 'payload'
    or v_rows is not null and noetl_internal.is_elsewhere(v_rows, v_inside)
  then
    perform noetl_internal.raise_not_loaded(v_name);
  end if;
  return v_value;
end;
$function$;

comment on function noetl_internal.read_path(text[], jsonb, jsonb)
  is 'Value of a name with static attributes: a variable, else a result''s view.';
revoke all on function noetl_internal.read_path(text[], jsonb, jsonb) from public;
