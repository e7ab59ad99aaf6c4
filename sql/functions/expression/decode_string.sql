-- Value of a quoted string literal, with Python's escapes.
-- Locks: none. Raises: NE422 for an escape that text in PostgreSQL cannot hold.
create or replace function noetl_internal.decode_string(
  p_source text,
  p_at integer,
  p_literal text
)
returns text
language plpgsql immutable parallel safe
as $function$
declare
  v_body text := regexp_replace(
    substr(p_literal, 2, length(p_literal) - 2), E'\r\n?', E'\n', 'g'
  );
  v_match text[];
  v_code text;
  v_text text := '';
begin
  if strpos(v_body, '\') = 0 then
    return v_body;
  end if;
  for v_match in
    select m from regexp_matches(
      v_body,
      '[^\\]+|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\[0-7]{1,3}|\\.', 'g'
    ) as m
  loop
    v_code := v_match[1];
    if v_code ~ '^\\[xuU][0-9a-fA-F]' then
      v_text := v_text || noetl_internal.decode_code_point(
        p_source, p_at, ('x' || lpad(substr(v_code, 3), 8, '0'))::bit(32)::integer
      );
    elsif v_code ~ '^\\[0-7]' then
      v_text := v_text || noetl_internal.decode_code_point(
        p_source, p_at,
        (select sum((d::integer) * 8 ^ (length(v_code) - 1 - i))::integer
         from regexp_split_to_table(substr(v_code, 2), '') with ordinality as x (d, i))
      );
    elsif v_code ~ '^\\[xuUN]' then
      perform noetl_internal.raise_syntax(
        p_source, p_at, format('escape %s in a string is not supported', v_code),
        'Write the character itself.'
      );
    elsif v_code like '\\%' then
      v_text := v_text || case substr(v_code, 2, 1)
        when 'n' then E'\n' when 't' then E'\t' when 'r' then E'\r' when E'\n' then ''
        when 'a' then E'\x07' when 'b' then E'\b' when 'f' then E'\f' when 'v' then E'\x0B'
        when '\' then '\' when '''' then '''' when '"' then '"'
        else v_code
      end;
    else
      v_text := v_text || v_code;
    end if;
  end loop;
  return v_text;
end;
$function$;

comment on function noetl_internal.decode_string(text, integer, text)
  is 'Value of a quoted string literal, with Python''s escapes.';
revoke all on function noetl_internal.decode_string(text, integer, text) from public;
