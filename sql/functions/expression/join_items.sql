-- Text of items with a separator between them.
-- Locks: none. Raises: NE463 for a result too large.
create or replace function noetl_internal.join_items(
  p_items jsonb[],
  p_separator text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_texts text[] := array(
    select noetl_internal.print_value(i.item)
    from unnest(p_items) with ordinality as i (item, at) order by i.at
  );
begin
  if p_items is null then
    return null;
  end if;
  perform noetl_internal.check_size(
    'characters',
    cardinality(v_texts)::numeric * length(p_separator)
      + coalesce((select sum(length(t)) from unnest(v_texts) as t), 0)
  );
  return to_jsonb(array_to_string(v_texts, p_separator));
end;
$function$;

comment on function noetl_internal.join_items(jsonb[], text)
  is 'Text of items with a separator between them.';
revoke all on function noetl_internal.join_items(jsonb[], text) from public;
