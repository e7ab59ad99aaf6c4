-- Add finished items to the counters of their loops, once per loop and batch (count_tally): those
-- that this session has counted, each with the ctx writes to be made, and whether some are left to
-- others.
-- Locks: counting locks, tried; loop rows, ascending.
create or replace function noetl_internal.count_outcomes(
  p_execution_id bigint,
  p_outcomes noetl_internal.outcome [],
  p_retried text [],
  out counted noetl.loop_tally [],
  out is_left boolean
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_batch record;
  v_tally noetl.loop_tally;
  v_loop noetl.loop;
begin
  counted := array[]::noetl.loop_tally [];
  is_left := false;
  -- A row loop over the loops of the batch, usually one.
  for v_batch in
    select
      row(
        null, p_execution_id, o.loop_id,
        (count(*) filter (where o.is_ok))::integer,
        (count(*) filter (where not o.is_ok))::integer,
        (array_agg(o.ctx) filter (where o.ctx is not null))[1],
        (array_agg(
          o.error || jsonb_build_object('item', o.iter_index)
          order by o.iter_index
        ) filter (where not o.is_ok))[1]
      )::noetl.loop_tally as tally,
      bool_or(o.task = 'frame') as has_frames
    from unnest(p_outcomes) as o
    where o.loop_id is not null and o.command_id <> all(p_retried)
    group by o.loop_id
    order by o.loop_id
  loop
    v_tally := v_batch.tally;
    if v_batch.has_frames then
      v_loop := noetl_internal.count_frames(p_execution_id, v_tally.loop_id, p_outcomes);
      if noetl_internal.is_loop_lost(v_loop) then
        perform noetl_internal.drain_loop(p_execution_id, v_tally.loop_id);
      end if;
      v_tally.ctx := null;
    else
      v_tally := noetl_internal.count_tally(v_tally);
    end if;
    if v_tally.loop_id is null then
      is_left := true;
    else
      counted := counted || v_tally;
    end if;
  end loop;
end;
$function$;

comment on function noetl_internal.count_outcomes(
  bigint, noetl_internal.outcome [], text []
) is 'Add finished items to the counters of their loops.';
