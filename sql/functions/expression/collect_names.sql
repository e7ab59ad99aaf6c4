-- Names that a tree reads, each with its first static attribute where there is one; may repeat.
-- Locks: none. Never raises.
create or replace function noetl_internal.collect_names(p_node jsonb)
returns setof jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_child jsonb;
begin
  if jsonb_typeof(p_node) <> 'array' or p_node ->> 0 = 'const' then
    return;
  elsif p_node ->> 0 = 'path' then
    return next to_jsonb(((p_node ->> 1)::text[])[1:2]);
    return;
  end if;
  for v_child in
    select c from jsonb_array_elements(p_node) as c where jsonb_typeof(c) = 'array'
  loop
    return query select n from noetl_internal.collect_names(v_child) as n;
  end loop;
end;
$function$;

comment on function noetl_internal.collect_names(jsonb)
  is 'Names that a tree reads, each with its first static attribute where there is one; may '
    'repeat.';
revoke all on function noetl_internal.collect_names(jsonb) from public;
