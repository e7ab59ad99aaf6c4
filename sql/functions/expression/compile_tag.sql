-- Tree of the tag at p_at (null for a comment), the position after it, whether space after it goes.
-- Locks: none. Raises: NE422, also for statements.
create or replace function noetl_internal.compile_tag(
  p_text text,
  p_at integer,
  p_open text,
  out node jsonb,
  out next integer,
  out strip boolean
)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
declare
  v_tokens jsonb;
  v_end jsonb;
  v_close integer;
begin
  if p_open like '{\%%' then
    perform noetl_internal.raise_syntax(
      p_text, p_at, 'statement {% … %}; server-side templates are expressions only',
      'Write {{ a if condition else b }}, or move it into a tool (tools use all of Jinja2).'
    );
  elsif p_open like '{#%' then
    v_close := strpos(substr(p_text, p_at), '#}');
    if v_close = 0 then
      perform noetl_internal.raise_syntax(p_text, p_at, 'the comment is not closed',
        'Close it with #}.');
    end if;
    next := p_at + v_close + 1;
    strip := substr(p_text, next - 3, 1) = '-';
    return;
  end if;
  v_tokens := noetl_internal.read_tokens(p_text, p_at + length(p_open), true);
  select p.node, p.next into node, next
    from noetl_internal.parse_expression(p_text, v_tokens, 0) as p;
  v_end := v_tokens -> next;
  if v_end ->> 0 <> 'end' then
    perform noetl_internal.raise_unexpected(p_text, v_end, 'an operator or }}');
  end if;
  strip := v_end ->> 1 = '-}}';
  next := (v_end ->> 2)::integer + length(v_end ->> 1);
end;
$function$;

comment on function noetl_internal.compile_tag(text, integer, text)
  is 'Tree of the tag at p_at (null for a comment), the position after it, whether space after'
    ' it goes.';
revoke all on function noetl_internal.compile_tag(text, integer, text) from public;
