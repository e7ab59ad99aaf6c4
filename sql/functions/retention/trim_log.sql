-- Remove from the log what is over: the first partition whose week ended before p_cutoff, if all of
-- its executions are retired; else, from those that one that lives for longer keeps, about p_limit
-- events of retired ones. Returns the number of partitions and events. One partition per call, also
-- when it cannot be dropped: the locks of each last no longer than its own drop.
-- Locks: as drop_partition.
create or replace function noetl_internal.trim_log(
  p_cutoff timestamptz,
  p_limit integer,
  out partitions integer,
  out events integer
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_part record;
  v_is_tried boolean := false;
begin
  partitions := 0;
  events := 0;
  -- A row loop, because each partition has its own lock; bounded by the partitions.
  for v_part in
    select p.* from noetl_internal.log_partitions() as p
    where p.high <= noetl_internal.execution_id_at(p_cutoff)
    order by p.low
  loop
    if not noetl_internal.has_unretired(v_part.partition, v_part.low, v_part.high) then
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
