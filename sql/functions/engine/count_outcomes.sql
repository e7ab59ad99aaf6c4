-- Add finished items to the counters of their loops, once per loop and batch (count_tally); returns
-- the loops that this session has counted, with the ctx writes to be made.
-- Locks: counting locks, tried; loop rows, ascending.
create or replace function noetl_internal.count_outcomes(
  p_execution_id bigint,
  p_outcomes noetl_internal.outcome [],
  p_retried text []
)
returns table (loop_id bigint, ctx jsonb)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_cursors bigint [] := array(
    select o.loop_id from unnest(p_outcomes) as o where o.task = 'frame'
  );
  v_tally noetl.loop_tally;
  v_counted record;
  v_loop noetl.loop;
begin
  -- A row loop over the loops of the batch, usually one.
  for v_tally in
    select
      null::bigint, p_execution_id, o.loop_id,
      (count(*) filter (where o.is_ok))::integer,
      (count(*) filter (where not o.is_ok))::integer,
      (array_agg(o.ctx) filter (where o.ctx is not null))[1],
      (array_agg(
        o.error || jsonb_build_object('item', o.iter_index)
        order by o.iter_index
      ) filter (where not o.is_ok))[1]
    from unnest(p_outcomes) as o
    where o.loop_id is not null and o.command_id <> all(p_retried)
    group by o.loop_id
    order by o.loop_id
  loop
    if v_tally.loop_id = any(v_cursors) then
      v_loop := noetl_internal.count_frames(p_execution_id, v_tally.loop_id, p_outcomes);
      if noetl_internal.is_loop_lost(v_loop) then
        perform noetl_internal.drain_loop(p_execution_id, v_tally.loop_id);
      end if;
      loop_id := v_tally.loop_id;
      ctx := null;
      return next;
      continue;
    end if;
    v_counted := noetl_internal.count_tally(v_tally);
    if v_counted.loop_id is not null then
      loop_id := v_counted.loop_id;
      ctx := v_counted.ctx;
      return next;
    end if;
  end loop;
end;
$function$;

comment on function noetl_internal.count_outcomes(bigint, noetl_internal.outcome [], text [])
is 'Add finished items to the counters of their loops.';
