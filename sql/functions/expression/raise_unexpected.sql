-- Refuse a token that cannot stand where it is.
-- Locks: none. Raises: NE422 always.
create or replace function noetl_internal.raise_unexpected(
  p_source text,
  p_token jsonb,
  p_wanted text
)
returns void
language plpgsql immutable parallel safe
as $function$
begin
  perform noetl_internal.raise_syntax(
    p_source, (p_token ->> 2)::integer,
    case
      when p_token ->> 0 = 'end' then format('the expression ends where %s is expected', p_wanted)
      else format('unexpected "%s" where %s is expected', p_token ->> 1, p_wanted)
    end,
    case p_token ->> 0
      when '=' then 'Comparison is written "==".'
      when '|' then 'A filter has a value before "|" and a name after it.'
      when 'end' then 'Complete the expression.'
    end
  );
end;
$function$;

comment on function noetl_internal.raise_unexpected(text, jsonb, text)
  is 'Refuse a token that cannot stand where it is.';
revoke all on function noetl_internal.raise_unexpected(text, jsonb, text) from public;
