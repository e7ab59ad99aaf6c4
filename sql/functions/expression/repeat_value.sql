-- A text or list repeated; fewer than one time is empty.
-- Locks: none. Raises: NE463 for a result too large.
create or replace function noetl_internal.repeat_value(
  p_value jsonb,
  p_times numeric
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_times numeric := greatest(p_times, 0);
begin
  if p_times < -9223372036854775808
    or (p_times > 9223372036854775807 and p_value in ('""', '[]')) then
    perform noetl_internal.raise_value('cannot repeat that many times');
  end if;
  if jsonb_typeof(p_value) = 'string' then
    perform noetl_internal.check_size('characters', v_times * length(p_value #>> '{}'));
    return to_jsonb(repeat(p_value #>> '{}', least(v_times, 4194304)::integer));
  end if;
  perform noetl_internal.check_size('items', v_times * jsonb_array_length(p_value));
  if p_value = '[]' then
    return p_value;
  end if;
  return coalesce((
    select jsonb_agg(e.value order by t.time, e.at)
    from generate_series(1, v_times) as t (time),
      jsonb_array_elements(p_value) with ordinality as e (value, at)
  ), '[]');
end;
$function$;

comment on function noetl_internal.repeat_value(jsonb, numeric)
  is 'A text or list repeated; fewer than one time is empty.';
revoke all on function noetl_internal.repeat_value(jsonb, numeric) from public;
