-- The character of a code point named by an escape.
-- Locks: none. Raises: NE422 for NUL, surrogates and numbers beyond Unicode.
create or replace function noetl_internal.decode_code_point(
  p_source text,
  p_at integer,
  p_code integer
)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  if p_code not between 1 and 1114111 or p_code between 55296 and 57343 then
    perform noetl_internal.raise_syntax(
      p_source, p_at, 'a string holds a character that PostgreSQL cannot store',
      'NUL and surrogates cannot be stored; leave the escape out.'
    );
  end if;
  return chr(p_code);
end;
$function$;

comment on function noetl_internal.decode_code_point(text, integer, integer)
  is 'The character of a code point named by an escape.';
revoke all on function noetl_internal.decode_code_point(text, integer, integer) from public;
