-- Integer bound of a slice, p_open when it is none.
-- Locks: none. Raises: NE462 for anything but an integer or none.
create or replace function noetl_internal.slice_bound(
  p_bound jsonb,
  p_open integer
)
returns numeric
language plpgsql immutable parallel safe
as $function$
begin
  if p_bound = 'null' then
    return p_open;
  elsif not noetl_internal.is_integer(p_bound) then
    perform noetl_internal.raise_value('slice indices must be integers or none');
  end if;
  return noetl_internal.numeric_of(p_bound);
end;
$function$;

comment on function noetl_internal.slice_bound(jsonb, integer)
  is 'Integer bound of a slice, p_open when it is none.';
revoke all on function noetl_internal.slice_bound(jsonb, integer) from public;
