-- Refuse a call, naming the expression that does the same where there is one.
-- Locks: none. Raises: NE422 always.
create or replace function noetl_internal.raise_call(
  p_source text,
  p_tokens jsonb,
  p_at integer
)
returns void
language plpgsql immutable parallel safe
as $function$
declare
  v_name text := p_tokens -> (p_at - 1) ->> 1;
begin
  perform noetl_internal.raise_syntax(
    p_source, (p_tokens -> (p_at - 1) ->> 2)::integer,
    format('call of "%s"; server-side templates are expressions only, without calls', v_name),
    case
      when v_name = 'get' then 'Write x[key] | default(value).'
      when v_name in ('items', 'keys', 'values', 'lower', 'upper', 'replace', 'join')
        then format('Write the filter: x | %s.', v_name)
      when v_name in ('strip', 'lstrip', 'rstrip') then 'Write the filter: x | trim.'
      else 'Only now() and range() can be called; compute it in a tool (tools use all of Jinja2).'
    end
  );
end;
$function$;

comment on function noetl_internal.raise_call(text, jsonb, integer)
  is 'Refuse a call, naming the expression that does the same where there is one.';
revoke all on function noetl_internal.raise_call(text, jsonb, integer) from public;
