-- Remove from the log what is over: the first partition whose week ended before p_cutoff, if all of
-- its executions are retired; else, from those that one that lives for longer keeps, about p_limit
-- events of retired ones. Returns the number of partitions and events, and of the executions that
-- it found to be retired. One partition per call, also when it cannot be dropped: the locks of each
-- last no longer than its own drop.
-- Locks: as check_week and drop_partition.
create or replace function noetl_internal.trim_log(
  p_cutoff timestamptz,
  p_limit integer,
  out partitions integer,
  out events integer,
  out looked integer
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_part record;
  v_week record;
  v_is_tried boolean := false;
begin
  partitions := 0;
  events := 0;
  looked := 0;
  -- A row loop, because each partition has its own lock; bounded by the partitions.
  for v_part in
    select p.* from noetl_internal.log_partitions() as p
    where p.high <= noetl_internal.execution_id_at(p_cutoff)
    order by p.low
  loop
    v_week := noetl_internal.check_week(
      v_part.partition, v_part.low, v_part.high, p_limit - looked
    );
    looked := looked + v_week.looked;
    exit when looked >= p_limit;
    if v_week.is_through then
      -- Whoever uses the log may be in the way of the next one too, and each try holds up others.
      continue when v_is_tried;
      v_is_tried := true;
      if noetl_internal.drop_partition(v_part.partition, v_part.low, v_part.high) then
        partitions := 1;
        return;
      end if;
    elsif events < p_limit then
      events := events + noetl_internal.drop_retired_events(
        v_part.partition, p_limit - events
      );
    end if;
  end loop;
end;
$function$;

comment on function noetl_internal.trim_log(timestamptz, integer)
is 'Remove from the log what is over.';
