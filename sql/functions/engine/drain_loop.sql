-- Stop a loop early: nothing more is issued, and its open commands are cancelled and counted so; of
-- a cursor loop, whose rows nobody has counted, they end their slots.
-- Locks: command rows, skipping locked ones; the caller holds the loop row.
create or replace function noetl_internal.drain_loop(
  p_execution_id bigint,
  p_loop_id bigint
)
returns void
language plpgsql volatile
as $function$
declare
  v_count integer := noetl_internal.cancel_items(p_execution_id, p_loop_id);
begin
  update noetl.loop as l
  set
    status = 'draining', to_repeat = 0, version = l.version + 1,
    cancelled = case
      when l.mode = 'cursor' then 0
      else l.cancelled + v_count + l.total - l.issued + l.to_repeat
    end,
    issued = case when l.mode = 'cursor' then l.issued else l.total end,
    remaining_slots = l.remaining_slots - v_count
  where
    l.execution_id = p_execution_id
    and l.loop_id = p_loop_id
    and l.status in ('expanding', 'running');
  -- Those that another session is issuing right now are taken back by it (count_loop).
  delete from noetl.loop_repeat as p
  using (
    select k.iter_index from noetl.loop_repeat as k
    where k.execution_id = p_execution_id and k.loop_id = p_loop_id
    for update skip locked
  ) as d
  where
    p.execution_id = p_execution_id and p.loop_id = p_loop_id and p.iter_index = d.iter_index;
end;
$function$;

comment on function noetl_internal.drain_loop(bigint, bigint)
is 'Stop a loop early: nothing more is issued, open commands are cancelled.';
