-- The text of a JSON string, null for anything else.
-- Locks: none. Never raises.
create or replace function noetl_internal.text_of(p_value jsonb)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  return case when jsonb_typeof(p_value) = 'string' then p_value #>> '{}' end;
end;
$function$;

comment on function noetl_internal.text_of(jsonb)
is 'The text of a JSON string, null for anything else.';
