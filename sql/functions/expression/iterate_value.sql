-- Items of a list, keys of a mapping, characters of a text.
-- Locks: none. Raises: NE462 for a value that has no items.
create or replace function noetl_internal.iterate_value(p_value jsonb)
returns jsonb[]
language plpgsql immutable parallel safe
as $function$
begin
  case jsonb_typeof(p_value)
    when 'array' then
      return array(select e.value from jsonb_array_elements(p_value)
        with ordinality as e (value, at) order by e.at);
    when 'object' then
      return array(select to_jsonb(k.key) from jsonb_object_keys(p_value)
        with ordinality as k (key, at) order by k.at);
    when 'string' then
      if p_value = '""' then
        return array[]::jsonb[];
      end if;
      return array(
        select to_jsonb(c.char)
        from regexp_split_to_table(p_value #>> '{}', '') with ordinality as c (char, at)
        order by c.at
      );
    else
      perform noetl_internal.raise_value(
        format('''%s'' object is not iterable', noetl_internal.type_name(p_value))
      );
  end case;
  return null;
end;
$function$;

comment on function noetl_internal.iterate_value(jsonb)
  is 'Items of a list, keys of a mapping, characters of a text.';
revoke all on function noetl_internal.iterate_value(jsonb) from public;
