-- Text in lower or upper case.
-- Locks: none. Never raises.
create or replace function noetl_internal.fold_case(
  p_text text,
  p_case text
)
returns text
language sql immutable parallel safe
as $function$
  select case p_case when 'lower' then lower(p_text collate "C") else upper(p_text collate "C") end
$function$;

comment on function noetl_internal.fold_case(text, text)
  is 'Text in lower or upper case.';
revoke all on function noetl_internal.fold_case(text, text) from public;
