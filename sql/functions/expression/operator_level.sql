-- Binding strength of a binary operator, null for any other token.
-- Locks: none. Never raises.
create or replace function noetl_internal.operator_level(p_kind text)
returns integer
language sql immutable parallel safe
as $function$
  select case
    when p_kind = 'or' then 1
    when p_kind = 'and' then 2
    when p_kind in ('==', '!=', '<', '<=', '>', '>=', 'in', 'not') then 4
    when p_kind in ('+', '-') then 5
    when p_kind = '~' then 6
    when p_kind in ('*', '/', '//', '%') then 7
    when p_kind = '**' then 8
  end
$function$;

comment on function noetl_internal.operator_level(text)
  is 'Binding strength of a binary operator, null for any other token.';
revoke all on function noetl_internal.operator_level(text) from public;
