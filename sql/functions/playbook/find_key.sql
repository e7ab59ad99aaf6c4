-- The first of several spellings that a mapping holds, null if none. The modern one comes first.
-- Locks: none. Never raises.
create or replace function noetl_internal.find_key(
  p_mapping jsonb,
  variadic p_keys text []
)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select k.key
    from unnest(p_keys) with ordinality as k (key, place)
    where p_mapping ? k.key and p_mapping -> k.key <> 'null'
    order by k.place
    limit 1
  );
end;
$function$;

comment on function noetl_internal.find_key(jsonb, text [])
is 'The first of several spellings that a mapping holds.';
