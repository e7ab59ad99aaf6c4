-- The number that a value of a cron field stands for, a number itself or a name.
-- Raises: NE422 when the field does not take it.
create or replace function noetl_internal.read_cron_value(
  p_cron text,
  p_field noetl_internal.cron_field,
  p_value text
)
returns integer
language plpgsql immutable parallel safe
as $function$
declare
  v_value integer := case
    when p_value ~ '^[0-9]{1,3}$' then p_value::integer
    else array_position(p_field.names, p_value) - 1 + p_field.low
  end;
begin
  if v_value is null or v_value not between p_field.low and p_field.high then
    perform noetl_internal.raise_cron(
      p_cron, p_field.name, format('it does not take "%s"', left(p_value, 30)),
      format('Use %s to %s', p_field.low, p_field.high)
      || coalesce(', or ' || nullif(array_to_string(p_field.names, ', '), ''), '') || '.'
    );
  end if;
  return v_value;
end;
$function$;

comment on function noetl_internal.read_cron_value(text, noetl_internal.cron_field, text)
is 'The number that a value of a cron field stands for.';
