-- Part of a list or text as Python slices it; null bounds are open.
-- Locks: none. Raises: NE462 for what cannot be sliced, bounds that are no integers, a step of
-- zero.
create or replace function noetl_internal.read_slice(
  p_base jsonb,
  p_start jsonb,
  p_stop jsonb,
  p_step jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_items jsonb[];
  v_length integer;
  v_step numeric := noetl_internal.slice_bound(p_step, 1);
  v_first numeric;
  v_last numeric;
begin
  if jsonb_typeof(p_base) not in ('array', 'string') then
    perform noetl_internal.raise_value(
      format('''%s'' object cannot be sliced', noetl_internal.type_name(p_base))
    );
  elsif p_base is null then
    return null;
  elsif v_step = 0 then
    perform noetl_internal.raise_value('slice step cannot be zero');
  end if;
  v_items := noetl_internal.iterate_value(p_base);
  v_length := cardinality(v_items);
  v_first := noetl_internal.slice_bound(p_start, case when v_step > 0 then 0 else v_length - 1 end);
  v_last := noetl_internal.slice_bound(p_stop, case when v_step > 0 then v_length
    else -v_length - 1 end);
  v_first := v_first + case when v_first < 0 then v_length else 0 end;
  v_last := v_last + case when v_last < 0 then v_length else 0 end;
  if v_step > 0 then
    v_items := array(
      select v_items[i + 1]
      from generate_series(greatest(v_first, 0), least(v_last, v_length) - 1, v_step) as i
        order by i
    );
  else
    v_items := array(
      select v_items[i + 1]
      from generate_series(least(v_first, v_length - 1), greatest(v_last, -1) + 1, v_step) as i
        order by i desc
    );
  end if;
  if jsonb_typeof(p_base) = 'array' then
    return to_jsonb(v_items);
  end if;
  return to_jsonb(array_to_string(array(select i #>> '{}' from unnest(v_items) as i), ''));
end;
$function$;

comment on function noetl_internal.read_slice(jsonb, jsonb, jsonb, jsonb)
  is 'Part of a list or text as Python slices it; null bounds are open.';
revoke all on function noetl_internal.read_slice(jsonb, jsonb, jsonb, jsonb) from public;
