-- Let the joins go on whose branches have all arrived or ended; true if one did. A group is the
-- outermost split that meets at the step; it is complete when none of its tokens elsewhere stands
-- on a step from which the join can still be reached. The arrived tokens become one, inputs merged
-- in order. When the run is stuck, because all that is left waits, one join that only other joins
-- hold up goes first: on a cycle they can wait for each other.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.fire_joins(
  p_execution_id bigint,
  p_catalog_id bigint,
  p_is_stuck boolean
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_group record;
begin
  for v_group in
    select g.step, g.split_id, g.depth, array_agg(g.token_id order by g.token_id) as token_ids
    from noetl_internal.join_arrivals(p_execution_id, p_catalog_id) as g
    where not exists (
      select from noetl.token as t
      where
        t.execution_id = p_execution_id
        and g.split_id = any(t.split_ids)
        and not (t.step = g.step and t.status = 'waiting_join')
        and t.step = any(g.reached_from)
        and not (p_is_stuck and t.status = 'waiting_join')
    )
    group by g.step, g.split_id, g.depth
    order by g.step, g.split_id
    limit case when p_is_stuck then 1 end
  loop
    perform noetl_internal.merge_tokens(
      p_execution_id, v_group.token_ids, v_group.depth
    );
  end loop;
  return found;
end;
$function$;

comment on function noetl_internal.fire_joins(bigint, bigint, boolean)
is 'Let the joins go on whose branches have all arrived or ended.';
