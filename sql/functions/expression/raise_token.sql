-- Refuse text that starts no token, saying whether a string was left open.
-- Locks: none. Raises: NE422 always.
create or replace function noetl_internal.raise_token(
  p_source text,
  p_at integer
)
returns void
language plpgsql immutable parallel safe
as $function$
declare
  v_char text := substr(p_source, p_at, 1);
begin
  if v_char in ('''', '"') then
    perform noetl_internal.raise_syntax(
      p_source, p_at, 'the string is not closed', format('Close it with %s.', v_char)
    );
  end if;
  perform noetl_internal.raise_syntax(
    p_source, p_at, format('unexpected character "%s"', v_char),
    case v_char
      when '&' then 'Write "and".'
      when '!' then 'Write "not" or "!=".'
      when '?' then 'Write "a if condition else b".'
    end
  );
end;
$function$;

comment on function noetl_internal.raise_token(text, integer)
  is 'Refuse text that starts no token, saying whether a string was left open.';
revoke all on function noetl_internal.raise_token(text, integer) from public;
