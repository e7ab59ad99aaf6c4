-- Text whose control, format and separator characters are written as Python's escapes.
-- Locks: none. Never raises.
create or replace function noetl_internal.escape_unprintable(p_text text)
returns text
language sql immutable parallel safe
as $function$
  select string_agg(
    case
      when c.char !~ ('[\u0001-\u001f\u007f-\u00a0\u00ad\u0600-\u0605'
        || '\u061c\u06dd\u070f\u1680\u180e\u2000-\u200f\u2028-\u202f'
        || '\u205f-\u206f\u3000\ue000-\uf8ff\ufeff'
        || '\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]')
        then c.char
      when ascii(c.char) < 256 then '\x' || lpad(to_hex(ascii(c.char)), 2, '0')
      when ascii(c.char) < 65536 then '\u' || lpad(to_hex(ascii(c.char)), 4, '0')
      else '\U' || lpad(to_hex(ascii(c.char)), 8, '0')
    end, '' order by c.at
  )
  from regexp_split_to_table(p_text, '') with ordinality as c (char, at)
$function$;

comment on function noetl_internal.escape_unprintable(text)
  is 'Text whose control, format and separator characters are written as Python''s escapes.';
revoke all on function noetl_internal.escape_unprintable(text) from public;
