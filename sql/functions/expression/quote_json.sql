-- A JSON string in ASCII that is safe inside HTML.
-- Locks: none. Never raises.
create or replace function noetl_internal.quote_json(p_text text)
returns text
language sql immutable parallel safe
as $function$
  select case
    when p_text !~ '[^ -~]|[<>&''"\\]' then '"' || p_text || '"'
    else (
      select '"' || string_agg(
        case
          when c.char = '"' then '\"'
          when c.char = '\' then '\\'
          when c.char = E'\n' then '\n'
          when c.char = E'\r' then '\r'
          when c.char = E'\t' then '\t'
          when c.char = E'\b' then '\b'
          when c.char = E'\f' then '\f'
          when c.char ~ '[ -~]' and c.char !~ '[<>&'']' then c.char
          when ascii(c.char) < 65536 then '\u' || lpad(to_hex(ascii(c.char)), 4, '0')
          else '\u' || to_hex(55232 + (ascii(c.char) >> 10))
            || '\u' || to_hex(56320 + (ascii(c.char) & 1023))
        end, '' order by c.at
      ) || '"'
      from regexp_split_to_table(p_text, '') with ordinality as c (char, at)
    )
  end
$function$;

comment on function noetl_internal.quote_json(text)
  is 'A JSON string in ASCII that is safe inside HTML.';
revoke all on function noetl_internal.quote_json(text) from public;
