-- Value of a number literal; one with a fraction or an exponent is a float.
-- Locks: none. Raises: NE422 for a float out of range or an integer of more than 1000 digits.
create or replace function noetl_internal.decode_number(
  p_source text,
  p_token jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_text text := lower(replace(p_token ->> 1, '_', ''));
begin
  if length(v_text) > 1000 then
    perform noetl_internal.raise_syntax(
      p_source, (p_token ->> 2)::integer, 'the number has more than 1000 digits', 'Shorten it.'
    );
  elsif p_token ->> 0 = 'float' then
    if v_text::numeric not between 0 and 1.7976931348623157e308 then
      perform noetl_internal.raise_syntax(
        p_source, (p_token ->> 2)::integer, 'the number is too large for a float', 'Shorten it.'
      );
    end if;
    return noetl_internal.float_value(
      case when v_text::numeric < 1e-320 then 0 else v_text::float8 end
    );
  elsif v_text ~ '^0[xob]' then
    return to_jsonb(noetl_internal.parse_digits(
      substr(v_text, 3), case substr(v_text, 2, 1) when 'x' then 16 when 'o' then 8 else 2 end
    ));
  end if;
  return to_jsonb(v_text::numeric);
end;
$function$;

comment on function noetl_internal.decode_number(text, jsonb)
  is 'Value of a number literal; one with a fraction or an exponent is a float.';
revoke all on function noetl_internal.decode_number(text, jsonb) from public;
