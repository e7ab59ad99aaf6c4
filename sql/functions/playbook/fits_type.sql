-- Whether a value is of a type of the grammar, contents of mappings and lists aside.
-- Locks: none. Never raises.
create or replace function noetl_internal.fits_type(
  p_grammar jsonb,
  p_type text,
  p_value jsonb
)
returns boolean
language plpgsql immutable parallel safe
as $function$
declare
  v_scalar jsonb := p_grammar #> array['types', p_type];
begin
  if v_scalar is not null then
    return strpos(v_scalar ->> 0, jsonb_typeof(p_value)) > 0
      and (v_scalar ->> 1 = '' or p_value #>> '{}' ~ (v_scalar ->> 1));
  elsif left(p_type, 1) = '=' then
    return jsonb_typeof(p_value) = 'string'
      and p_value #>> '{}' = any(string_to_array(substr(p_type, 2), ','));
  end if;
  return jsonb_typeof(p_value) = case when left(p_type, 1) = '[' then 'array' else 'object' end;
end;
$function$;

comment on function noetl_internal.fits_type(jsonb, text, jsonb)
is 'Whether a value is of a type of the grammar.';
