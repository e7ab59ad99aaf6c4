-- Mapping of alternating keys and values; a later key wins.
-- Locks: none. Raises: NE462 when a key is not text.
create or replace function noetl_internal.build_dict(p_values jsonb[])
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_mapping jsonb := '{}'::jsonb;
begin
  for i in 1..cardinality(p_values) by 2 loop
    if jsonb_typeof(p_values[i]) <> 'string' then
      perform noetl_internal.raise_value(
        format('a mapping''s keys are text, not %s', noetl_internal.type_name(p_values[i]))
      );
    end if;
    v_mapping := v_mapping || jsonb_build_object(p_values[i] #>> '{}', p_values[i + 1]);
  end loop;
  return v_mapping;
end;
$function$;

comment on function noetl_internal.build_dict(jsonb[])
  is 'Mapping of alternating keys and values; a later key wins.';
revoke all on function noetl_internal.build_dict(jsonb[]) from public;
