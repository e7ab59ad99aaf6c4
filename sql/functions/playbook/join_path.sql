-- The path of a key below a path of the document.
-- Locks: none. Never raises.
create or replace function noetl_internal.join_path(
  p_path text,
  p_key text
)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  return case when p_path = '' then p_key else p_path || '.' || p_key end;
end;
$function$;

comment on function noetl_internal.join_path(text, text)
is 'The path of a key below a path of the document.';
