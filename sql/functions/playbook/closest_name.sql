-- The known name of which a mistyped one looks like a slip: at most two edits, one for short names;
-- null if none.
-- Locks: none. Never raises.
create or replace function noetl_internal.closest_name(
  p_name text,
  p_known text []
)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select c.name
    from (
      select k.name, noetl_internal.edit_distance(p_name, k.name) as slips
      from unnest(p_known) as k (name)
      where abs(length(k.name) - length(p_name)) <= 2
    ) as c
    where c.slips <= case when length(p_name) <= 3 then 1 else 2 end and c.slips < length(p_name)
    order by c.slips, c.name
    limit 1
  );
end;
$function$;

comment on function noetl_internal.closest_name(text, text [])
is 'The known name of which a mistyped one looks like a slip.';
