-- The known name that looks most like a mistyped one, null when none is close.
-- Locks: none. Never raises.
create or replace function noetl_internal.nearest_name(
  p_name text,
  p_known text[]
)
returns text
language sql immutable parallel safe
as $function$
  with pair as (
    select
      k.name,
      (
        select count(*)
        from generate_series(1, length(p_name) - 1) as i
        where strpos(k.name, substr(p_name, i, 2)) > 0
      ) as shared
    from unnest(p_known) as k (name)
  )
  select p.name
  from pair as p
  where 2 * p.shared >= greatest(length(p.name), length(p_name)) - 1 and p.shared > 0
  order by p.shared desc, abs(length(p.name) - length(p_name)), p.name
  limit 1
$function$;

comment on function noetl_internal.nearest_name(text, text[])
  is 'The known name that looks most like a mistyped one, null when none is close.';
revoke all on function noetl_internal.nearest_name(text, text[]) from public;
