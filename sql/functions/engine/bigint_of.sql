-- The number that these digits are; null for any other text, and for more than a bigint holds.
create or replace function noetl_internal.bigint_of(p_text text)
returns bigint
language sql immutable parallel safe
as $function$
  select
    case
      when p_text ~ '^[0-9]{1,18}$' then p_text::bigint
      when p_text ~ '^[0-9]{19}$' and p_text collate "C" <= '9223372036854775807'
        then p_text::bigint
    end
$function$;

comment on function noetl_internal.bigint_of(text)
is 'The number that these digits are; null for any other text.';
