-- The values that a list filter looks at: items or their attribute, text in lower case if p_fold.
-- Null when an item lacks the attribute. Locks: none. Never raises.
create or replace function noetl_internal.item_keys(
  p_items jsonb[],
  p_attribute jsonb,
  p_fold boolean
)
returns jsonb[]
language plpgsql immutable parallel safe
as $function$
declare
  v_keys jsonb[] := p_items;
begin
  if p_attribute <> 'null' then
    v_keys := array(
      select noetl_internal.read_attribute(i.item, p_attribute)
      from unnest(p_items) with ordinality as i (item, at) order by i.at
    );
    if array_position(v_keys, null) is not null then
      return null;
    end if;
  end if;
  if p_fold then
    v_keys := array(
      select case jsonb_typeof(k.key)
        when 'string' then to_jsonb(noetl_internal.fold_case(k.key #>> '{}', 'lower')) else k.key
      end
      from unnest(v_keys) with ordinality as k (key, at) order by k.at
    );
  end if;
  return v_keys;
end;
$function$;

comment on function noetl_internal.item_keys(jsonb[], jsonb, boolean)
  is 'The values that a list filter looks at: items or their attribute, text in lower case if '
    'p_fold.';
revoke all on function noetl_internal.item_keys(jsonb[], jsonb, boolean) from public;
