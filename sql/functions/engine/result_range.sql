-- The indexes of the first and last of p_count results of a loop after the first p_first. Indexes
-- are places, but for those of a cursor's rows and of a loop that ended early: they have gaps.
create or replace function noetl_internal.result_range(
  p_execution_id bigint,
  p_loop_id bigint,
  p_first integer,
  p_count integer,
  out first_index integer,
  out last_index integer
)
language plpgsql stable
as $function$
#variable_conflict use_column
begin
  if not exists (
    select from noetl.loop as l
    where
      l.execution_id = p_execution_id
      and l.loop_id = p_loop_id
      and (l.mode = 'cursor' or l.cancelled > 0)
  ) then
    first_index := p_first;
    last_index := p_first + p_count - 1;
    return;
  end if;
  select min(i.current_index), max(i.current_index) into first_index, last_index
  from (
    select e.current_index
    from noetl.event as e
    where
      e.execution_id = p_execution_id
      and e.meta ->> 'loop_id' = p_loop_id::text
      and e.meta ? 'loop_id'
      and e.event_type in ('loop.item', 'loop.shard.done', 'loop.shard.failed')
      and e.meta -> 'final' is distinct from 'false'
    order by e.current_index
    offset p_first
    limit p_count
  ) as i;
end;
$function$;

comment on function noetl_internal.result_range(bigint, bigint, integer, integer)
is 'The indexes of a range of a loop''s results.';
