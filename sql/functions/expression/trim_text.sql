-- Text without the given characters (default: all white space) at both ends.
-- Locks: none. Raises: NE462 when the characters are not text.
create or replace function noetl_internal.trim_text(
  p_text text,
  p_chars jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  if p_chars = 'null' then
    return to_jsonb(btrim(p_text, noetl_internal.white_space()));
  elsif jsonb_typeof(p_chars) <> 'string' then
    perform noetl_internal.raise_value('trim: chars must be none or text');
  end if;
  return to_jsonb(btrim(p_text, p_chars #>> '{}'));
end;
$function$;

comment on function noetl_internal.trim_text(text, jsonb)
  is 'Text without the given characters (default: all white space) at both ends.';
revoke all on function noetl_internal.trim_text(text, jsonb) from public;
