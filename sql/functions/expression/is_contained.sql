-- Whether p_left is in p_right: an item of a list, a key of a mapping, a part of a text.
-- Locks: none. Raises: NE462 for operands that Python refuses.
create or replace function noetl_internal.is_contained(
  p_left jsonb,
  p_right jsonb
)
returns boolean
language plpgsql immutable parallel safe
as $function$
declare
  v_type text := jsonb_typeof(p_left);
begin
  case jsonb_typeof(p_right)
    when 'array' then
      if v_type in ('string', 'null') then
        return p_right @> p_left;
      end if;
      return exists (
        select from jsonb_array_elements(p_right) as e where noetl_internal.is_equal(e.value,
          p_left)
      );
    when 'string' then
      if v_type <> 'string' then
        perform noetl_internal.raise_value(format(
          '''in <string>'' requires string as left operand, not %s',
            noetl_internal.type_name(p_left)
        ));
      end if;
      return strpos(p_right #>> '{}', p_left #>> '{}') > 0;
    when 'object' then
      if v_type in ('array', 'object') then
        perform noetl_internal.raise_value(
          format('unhashable type: ''%s''', noetl_internal.type_name(p_left))
        );
      end if;
      return v_type = 'string' and p_right ? (p_left #>> '{}');
    else
      perform noetl_internal.raise_value(
        format('argument of type ''%s'' is not iterable', noetl_internal.type_name(p_right))
      );
  end case;
  return null;
end;
$function$;

comment on function noetl_internal.is_contained(jsonb, jsonb)
  is 'Whether p_left is in p_right: an item of a list, a key of a mapping, a part of a text.';
revoke all on function noetl_internal.is_contained(jsonb, jsonb) from public;
