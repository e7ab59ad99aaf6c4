-- Merge p_over into p_base: mappings key by key and deep, everything else replaced by p_over.
create or replace function noetl_internal.deep_merge(
  p_base jsonb,
  p_over jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  if p_over is null then
    return p_base;
  elsif jsonb_typeof(p_base) is distinct from 'object' or jsonb_typeof(p_over) <> 'object' then
    return p_over;
  end if;
  return (
    select
      coalesce(
        jsonb_object_agg(
          coalesce(b.key, o.key),
          case when o.key is null then b.value else noetl_internal.deep_merge(b.value, o.value) end
        ),
        '{}'
      )
    from jsonb_each(p_base) as b
    full join jsonb_each(p_over) as o on o.key = b.key
  );
end;
$function$;

comment on function noetl_internal.deep_merge(jsonb, jsonb)
is 'Merge two JSON documents, the second over the first.';
