-- Keep expressions within what the recursive parser and evaluator can hold on the stack.
-- Locks: none. Raises: NE422 over 400 tokens or 40 nested brackets.
create or replace function noetl_internal.check_token_limits(
  p_source text,
  p_at integer,
  p_tokens integer,
  p_depth integer
)
returns void
language plpgsql immutable parallel safe
as $function$
begin
  if p_tokens > 400 then
    perform noetl_internal.raise_syntax(
      p_source, p_at, 'the expression has more than 400 tokens',
      'Split it: store parts with "set", or compute it in a python step.'
    );
  elsif p_depth > 40 then
    perform noetl_internal.raise_syntax(
      p_source, p_at, 'the expression nests deeper than 40 brackets',
      'Split it: store parts with "set".'
    );
  end if;
end;
$function$;

comment on function noetl_internal.check_token_limits(text, integer, integer, integer)
  is 'Keep expressions within what the recursive parser and evaluator can hold on the stack.';
revoke all on function noetl_internal.check_token_limits(text, integer, integer, integer)
  from public;
