-- Whether an expression's names read a workload key that is among the keys of a mapping.
create or replace function noetl_internal.reads_any(
  p_names jsonb,
  p_keys jsonb
)
returns boolean
language sql immutable parallel safe
as $function$
  select exists (
    select from jsonb_array_elements(p_names) as n (value)
    where
      p_keys ? (n.value ->> 0)
      or (n.value ->> 0 = 'workload' and (n.value ->> 1 is null or p_keys ? (n.value ->> 1)))
  )
$function$;

comment on function noetl_internal.reads_any(jsonb, jsonb)
is 'Whether an expression reads one of some workload keys.';
