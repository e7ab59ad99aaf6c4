-- The first item of each key, in order.
-- Locks: none. Raises: NE462 for keys that are lists or mappings.
create or replace function noetl_internal.unique_items(
  p_items jsonb[],
  p_keys jsonb[]
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_bad jsonb := (select k
    from unnest(p_keys) as k where jsonb_typeof(k) in ('array', 'object') limit 1);
begin
  if p_keys is null then
    return null;
  elsif v_bad is not null then
    perform noetl_internal.raise_value(
      format('unhashable type: ''%s''', noetl_internal.type_name(v_bad))
    );
  end if;
  return coalesce((
    select jsonb_agg(p_items[u.at] order by u.at)
    from (
      select min(k.at) as at
      from unnest(p_keys) with ordinality as k (key, at)
      group by case k.key when 'true' then '1' when 'false' then '0' else k.key end
    ) as u
  ), '[]');
end;
$function$;

comment on function noetl_internal.unique_items(jsonb[], jsonb[])
  is 'The first item of each key, in order.';
revoke all on function noetl_internal.unique_items(jsonb[], jsonb[]) from public;
