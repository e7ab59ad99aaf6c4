-- Split one expression into tokens [kind, text, position], the last of kind "end".
-- Locks: none. Raises: NE422 for what is no token, for an open end, for too much of it.
create or replace function noetl_internal.read_tokens(
  p_source text,
  p_from integer,
  p_braced boolean
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  c_pattern constant text := '^(?:(\s+)'
    || '|([0-9](?:_?[0-9])*(?:\.[0-9](?:_?[0-9])*)?[eE][-+]?[0-9](?:_?[0-9])*'
    || '|[0-9](?:_?[0-9])*\.[0-9](?:_?[0-9])*)'
    || '|(0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?[0-9])*|0(?:_?0)*)'
    || '|([a-zA-Z_\u0080-\uffff\U00010000-\U0010ffff]'
    || '[a-zA-Z0-9_\u0080-\uffff\U00010000-\U0010ffff]*)'
    || '|(''(?:[^''\\]|\\.)*''|"(?:[^"\\]|\\.)*")'
    || '|([-]?\}\}|//|\*\*|==|!=|<=|>=|[-+*/%~<>=|.:,(){}]|\[|\]))';
  v_at integer := p_from;
  v_depth integer := 0;
  v_match text[];
  v_text text;
  v_tokens jsonb[] := array[]::jsonb[];
begin
  while v_at <= length(p_source) loop
    v_match := regexp_match(substr(p_source, v_at), c_pattern);
    v_text := coalesce(v_match[1], v_match[2], v_match[3], v_match[4], v_match[5], v_match[6]);
    if v_text is null then
      perform noetl_internal.raise_token(p_source, v_at);
    elsif v_match[6] like '%}}' then
      exit when v_depth = 0 and p_braced;
      v_text := left(v_text, 1);
    end if;
    if v_match[1] is null then
      v_tokens := v_tokens || jsonb_build_array(
        noetl_internal.token_kind(v_match, v_text), v_text, v_at
      );
      v_depth := v_depth + case
        when v_match[6] is null then 0
        when v_text in ('(', '[', '{') then 1
        when v_text in (')', ']', '}') then -1
        else 0
      end;
      perform noetl_internal.check_token_limits(p_source, v_at, cardinality(v_tokens), v_depth);
    end if;
    v_at := v_at + length(v_text);
  end loop;
  if p_braced and v_at > length(p_source) then
    perform noetl_internal.raise_syntax(
      p_source, greatest(p_from - 2, 1), 'the expression is not closed', 'Close it with }}.'
    );
  end if;
  return to_jsonb(v_tokens || jsonb_build_array('end', coalesce(v_match[6], ''), v_at));
end;
$function$;

comment on function noetl_internal.read_tokens(text, integer, boolean)
  is 'Split one expression into tokens [kind, text, position], the last of kind "end".';
revoke all on function noetl_internal.read_tokens(text, integer, boolean) from public;
