-- The hint for an unknown name: the nearest known one, else the first of those that there are.
-- Locks: none. Never raises.
create or replace function noetl_internal.suggest_name(
  p_name text,
  p_known text []
)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      coalesce(
        'Did you mean "' || coalesce(
          noetl_internal.closest_name(p_name, p_known), noetl_internal.nearest_name(p_name, p_known)
        ) || '"?',
        'Known: ' || nullif(array_to_string(p_known[:30], ', '), '')
        || case when cardinality(p_known) > 30 then ', …' else '.' end
      )
  );
end;
$function$;

comment on function noetl_internal.suggest_name(text, text [])
is 'The hint for an unknown name: the nearest known one, else the known ones.';
