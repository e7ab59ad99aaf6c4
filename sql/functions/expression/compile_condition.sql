-- Compile a condition, a boolean or one expression with or without braces, as compile_template
-- does.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.compile_condition(p_condition jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_text text := p_condition #>> '{}';
  v_node jsonb;
begin
  if jsonb_typeof(p_condition) = 'boolean' then
    return noetl_internal.describe_tree(p_condition);
  elsif jsonb_typeof(p_condition) is distinct from 'string' then
    perform noetl_internal.raise_syntax(
      coalesce(v_text, ''), 1, 'a condition is an expression in a string, or true or false',
      'Write when: "{{ x > 1 }}".'
    );
  end if;
  if v_text !~ '\{[{%#]' then
    return noetl_internal.describe_tree(noetl_internal.compile_bare(v_text));
  end if;
  v_node := noetl_internal.compile_text(v_text);
  if jsonb_typeof(v_node) = 'array' and v_node ->> 0 = 'text' then
    perform noetl_internal.raise_syntax(
      v_text, 1, 'a condition is one expression, this is text with expressions in it',
      'Write one: {{ a == b and c }}.'
    );
  end if;
  return noetl_internal.describe_tree(v_node);
exception when statement_too_complex then
  perform noetl_internal.raise_syntax(v_text, 1, 'the condition nests too deep', 'Split it.');
  return null;
end;
$function$;

comment on function noetl_internal.compile_condition(jsonb)
  is 'Compile a condition, a boolean or one expression with or without braces, as '
    'compile_template';
revoke all on function noetl_internal.compile_condition(jsonb) from public;
