-- The last place in line that a run has taken, behind which it takes its next: what it was given,
-- but no more places beyond the one served last than it has other tokens than p_token_id. A token
-- that takes no worker leaves its place unused, and a run that only waits in a cycle would fall
-- behind all others.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.last_place(
  p_execution_id bigint,
  p_next_place bigint,
  p_token_id integer
)
returns bigint
language plpgsql volatile
as $function$
declare
  v_served bigint := noetl_internal.served_place();
begin
  if p_next_place <= v_served then
    return v_served;
  end if;
  return v_served + (
    select count(*)
    from (
      select from noetl.token as t
      where t.execution_id = p_execution_id and t.token_id <> p_token_id
      limit p_next_place - v_served
    ) as o
  );
end;
$function$;

comment on function noetl_internal.last_place(bigint, bigint, integer)
is 'The last place in line that a run has taken.';
