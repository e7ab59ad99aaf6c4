-- The indexes of the first and last of p_count results of a loop after the first p_first, and the
-- number of the execution.retried event before which a failed item has none. Indexes are places,
-- but for those of a cursor's rows and of a loop that ended early: they have gaps.
create or replace function noetl_internal.result_range(
  p_execution_id bigint,
  p_loop_id bigint,
  p_first integer,
  p_count integer,
  out first_index integer,
  out last_index integer,
  out retried_at bigint
)
language plpgsql stable
as $function$
#variable_conflict use_column
declare
  v_loop noetl.loop;
begin
  select * into v_loop from noetl.loop as l
  where l.execution_id = p_execution_id and l.loop_id = p_loop_id;
  retried_at := coalesce(v_loop.retried_at, 0);
  if v_loop.mode is distinct from 'cursor' and coalesce(v_loop.cancelled, 0) = 0 then
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
      and (e.status = 'ok' or e.event_id > v_loop.retried_at)
    order by e.current_index
    offset p_first
    limit p_count
  ) as i;
end;
$function$;

comment on function noetl_internal.result_range(bigint, bigint, integer, integer)
is 'The indexes of a range of a loop''s results.';
