-- The characters that Python counts as white space.
-- Locks: none. Never raises.
create or replace function noetl_internal.white_space()
returns text
language sql immutable parallel safe
as $function$
  select E' \t\n\r\x0b\f\x1c\x1d\x1e\x1f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003'
    || E'\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
$function$;

comment on function noetl_internal.white_space()
  is 'The characters that Python counts as white space.';
revoke all on function noetl_internal.white_space() from public;
