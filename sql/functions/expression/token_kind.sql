-- Kind of a token: float, int, name, string; operators and keywords are their own kind.
-- Locks: none. Never raises.
create or replace function noetl_internal.token_kind(
  p_match text[],
  p_text text
)
returns text
language sql immutable parallel safe
as $function$
  select case
    when p_match[2] is not null then 'float'
    when p_match[3] is not null then 'int'
    when p_text in ('and', 'or', 'not', 'in', 'is', 'if', 'else') then p_text
    when p_match[4] is not null then 'name'
    when p_match[5] is not null then 'string'
    else p_text
  end
$function$;

comment on function noetl_internal.token_kind(text[], text)
  is 'Kind of a token: float, int, name, string; operators and keywords are their own kind.';
revoke all on function noetl_internal.token_kind(text[], text) from public;
