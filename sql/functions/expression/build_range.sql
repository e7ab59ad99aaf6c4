-- List of the integers of range(stop), range(start, stop) or range(start, stop, step).
-- Locks: none. Raises: NE462 for anything but integers or a step of zero, NE463 over a million
-- items.
create or replace function noetl_internal.build_range(p_values jsonb[])
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_bounds numeric[];
  v_step numeric;
begin
  if exists (select from unnest(p_values) as v where not noetl_internal.is_integer(v)) then
    perform noetl_internal.raise_value('range() takes integers only');
  end if;
  v_bounds := array(
    select noetl_internal.numeric_of(v.value) from unnest(p_values) with ordinality as v (value, at)
    order by v.at
  );
  v_bounds := case when cardinality(v_bounds) = 1 then array[0] || v_bounds else v_bounds end;
  v_step := coalesce(v_bounds[3], 1);
  if v_step = 0 then
    perform noetl_internal.raise_value('range() arg 3 must not be zero');
  end if;
  perform noetl_internal.check_size('items', (v_bounds[2] - v_bounds[1]) / v_step);
  return coalesce((
    select jsonb_agg(n order by n * sign(v_step))
    from generate_series(v_bounds[1], v_bounds[2] - sign(v_step), v_step) as n
  ), '[]');
end;
$function$;

comment on function noetl_internal.build_range(jsonb[])
  is 'List of the integers of range(stop), range(start, stop) or range(start, stop, step).';
revoke all on function noetl_internal.build_range(jsonb[]) from public;
