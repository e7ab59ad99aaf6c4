-- Node of select and its kin: [select, base, keep, attribute or null, test, a1, …].
-- Locks: none. Raises: NE422 when test or attribute are not named by plain strings.
create or replace function noetl_internal.build_select(
  p_source text,
  p_at integer,
  p_name text,
  p_base jsonb,
  p_arguments jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_by_attribute boolean := p_name in ('selectattr', 'rejectattr');
  v_attribute jsonb := 'null'::jsonb;
  v_rest jsonb := p_arguments;
begin
  if exists (select from jsonb_array_elements(p_arguments) as a where a ->> 0 is not null) then
    perform noetl_internal.raise_syntax(
      p_source, p_at, format('filter "%s" takes no named arguments', p_name),
      'Write selectattr("status", "eq", "ok").'
    );
  end if;
  if v_by_attribute then
    v_attribute := v_rest -> 0 -> 1;
    v_rest := v_rest - 0;
  end if;
  if (v_by_attribute and jsonb_typeof(v_attribute) is distinct from 'string')
    or jsonb_typeof(v_rest -> 0 -> 1) <> 'string'
  then
    perform noetl_internal.raise_syntax(
      p_source, p_at, format('filter "%s" needs attribute and test as plain strings', p_name),
      'Write select("gt", 1) or selectattr("status", "eq", "ok").'
    );
  end if;
  return jsonb_build_array('select', p_base, p_name like 'select%', v_attribute)
    || case
      when v_rest = '[]' then '["truth"]'
      else noetl_internal.build_test(p_source, p_at, v_rest -> 0 ->> 1, 'null', v_rest - 0) - 0 - 0
    end;
end;
$function$;

comment on function noetl_internal.build_select(text, integer, text, jsonb, jsonb)
  is 'Node of select and its kin: [select, base, keep, attribute or null, test, a1, …].';
revoke all on function noetl_internal.build_select(text, integer, text, jsonb, jsonb) from public;
