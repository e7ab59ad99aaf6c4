-- Refuse a template: what is wrong, at which line and column, near which text, and what to do.
-- Locks: none. Raises: NE422 always.
create or replace function noetl_internal.raise_syntax(
  p_source text,
  p_at integer,
  p_reason text,
  p_hint text default null
)
returns void
language plpgsql immutable parallel safe
as $function$
declare
  v_before text := left(p_source, greatest(p_at - 1, 0));
  v_line integer := 1 + length(v_before) - length(replace(v_before, E'\n', ''));
  v_column integer := 1 + length(v_before) - coalesce(
    length(v_before) - nullif(strpos(reverse(v_before), E'\n'), 0) + 1, 0
  );
begin
  raise exception '% at line %, column %', p_reason, v_line, v_column using
    errcode = 'NE422',
    detail = jsonb_build_object(
      'line', v_line, 'column', v_column, 'near', substr(p_source, p_at, 30), 'reason', p_reason
    )::text,
    hint = coalesce(
      p_hint, 'Server-side templates are expressions of Jinja2; see docs/expressions.md.'
    );
end;
$function$;

comment on function noetl_internal.raise_syntax(text, integer, text, text)
  is 'Refuse a template: what is wrong, at which line and column, near which text, and what to'
    ' do.';
revoke all on function noetl_internal.raise_syntax(text, integer, text, text) from public;
