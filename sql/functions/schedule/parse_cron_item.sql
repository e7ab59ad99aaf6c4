-- What one item of a field admits: *, a value, a range, each also with a step; Sunday is 0.
-- Raises: NE422 when it is none of these.
create or replace function noetl_internal.parse_cron_item(
  p_cron text,
  p_field noetl_internal.cron_field,
  p_item text
)
returns integer[]
language plpgsql immutable parallel safe
as $function$
declare
  v_parts text[] := regexp_match(p_item, '^(?:[*]|(\w+)(?:-(\w+))?)(?:/([0-9]{1,3}))?$');
  v_step integer := coalesce(v_parts[3]::integer, 1);
  v_first integer;
  v_last integer;
begin
  if v_parts is null then
    perform noetl_internal.raise_cron(
      p_cron, p_field.name, format('"%s" cannot be read', left(p_item, 30)),
      'Use *, values, ranges such as 1-5, steps such as */5 or 1-9/2, and commas between them.'
    );
  elsif v_step not between 1 and p_field.high then
    perform noetl_internal.raise_cron(
      p_cron, p_field.name, format('it does not take steps of %s', v_step),
      'Steps begin anew with each range: */90 in the minutes could not mean every 90 minutes.'
    );
  end if;
  v_first := case
    when v_parts[1] is null then p_field.low
    else noetl_internal.read_cron_value(p_cron, p_field, v_parts[1])
  end;
  v_last := case
    when v_parts[2] is not null then noetl_internal.read_cron_value(p_cron, p_field, v_parts[2])
    when v_parts[1] is null or v_parts[3] is not null then p_field.high
    else v_first
  end;
  if p_field.high = 7 and v_parts[2] is not null and v_last = 0 and v_first > 0 then
    v_last := 7;  -- fri-sun
  end if;
  if v_first > v_last then
    perform noetl_internal.raise_cron(
      p_cron, p_field.name, format('the range %s runs backwards', p_item),
      format('Write %s-%s,%s-%s.', v_first, p_field.high, p_field.low, v_last)
    );
  end if;
  return array(
    select case when p_field.high = 7 then v.value % 7 else v.value end
    from generate_series(v_first, v_last, v_step) as v (value)
  );
end;
$function$;

comment on function noetl_internal.parse_cron_item(text, noetl_internal.cron_field, text)
is 'What one item of a cron field admits.';
