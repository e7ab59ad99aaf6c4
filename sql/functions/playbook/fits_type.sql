-- Whether a value is of a type of the grammar, contents of mappings and lists aside.
-- Locks: none. Never raises.
create or replace function noetl_internal.fits_type(
  p_grammar jsonb,
  p_type text,
  p_value jsonb
)
returns boolean
language sql immutable parallel safe
as $function$
  select
    case
      when left(p_type, 1) = '='
        then jsonb_typeof(p_value) = 'string'
        and p_value #>> '{}' = any(string_to_array(substr(p_type, 2), ','))
      when left(p_type, 1) = '[' then jsonb_typeof(p_value) = 'array'
      when p_grammar -> 'types' ? p_type
        then
          jsonb_typeof(p_value) = any(
            string_to_array(p_grammar -> 'types' -> p_type ->> 0, ' ')
          )
          and (
            p_grammar -> 'types' -> p_type ->> 1 = ''
            or p_value #>> '{}' ~ (p_grammar -> 'types' -> p_type ->> 1)
          )
      else jsonb_typeof(p_value) = 'object'
    end
$function$;

comment on function noetl_internal.fits_type(jsonb, text, jsonb)
is 'Whether a value is of a type of the grammar.';
