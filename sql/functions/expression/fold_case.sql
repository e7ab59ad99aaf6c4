-- Text in lower or upper case by Unicode's tables, whatever the database's locale.
-- Locks: none. Never raises.
create or replace function noetl_internal.fold_case(
  p_text text,
  p_case text
)
returns text
language plpgsql immutable parallel safe
as $function$
declare
  v_letters text[];
begin
  if octet_length(p_text) = length(p_text) then
    return case p_case when 'lower' then lower(p_text collate "C")
      else upper(p_text collate "C") end;
  elsif p_case = 'lower' then
    v_letters := noetl_internal.lower_letters();
    return translate(
      replace(lower(p_text collate "C"), U&'\0130', U&'i\0307'), v_letters[1], v_letters[2]
    );
  end if;
  v_letters := noetl_internal.upper_letters();
  return (
    select string_agg(
      coalesce(
        noetl_internal.special_letters() ->> c.char, translate(c.char, v_letters[1], v_letters[2])
      ), '' order by c.at
    )
    from regexp_split_to_table(upper(p_text collate "C"), '') with ordinality as c (char, at)
  );
end;
$function$;

comment on function noetl_internal.fold_case(text, text)
  is 'Text in lower or upper case by Unicode''s tables, whatever the database''s locale.';
revoke all on function noetl_internal.fold_case(text, text) from public;
