-- Add finished items to the counters of their loops, once per loop and batch, issuing as many
-- others as the window lets follow; returns the loops touched. The row lock orders sessions, so
-- that exactly one sees zero left. With each loop the ctx writes of a sequential one's item, which
-- the caller makes later: the run row comes after all loop rows.
-- Locks: expansion locks, tried; loop rows, ascending.
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
  v_count record;
  v_drawn integer;
  v_repeated integer;
  v_loop noetl.loop;
begin
  -- A row loop over the loops of the batch, usually one.
  for v_count in
    select
      o.loop_id as loop_id,
      (count(*) filter (where o.is_ok))::integer as done,
      (count(*) filter (where not o.is_ok))::integer as failed,
      bool_or(o.ctx is not null) as has_ctx,
      (array_agg(
        o.error || jsonb_build_object('item', o.iter_index)
        order by o.iter_index
      ) filter (where not o.is_ok))[1] as error,
      (array_agg(o.ctx) filter (where o.ctx is not null))[1] as ctx
    from unnest(p_outcomes) as o
    where o.loop_id is not null and o.command_id <> all(p_retried)
    group by o.loop_id
    order by o.loop_id
  loop
    v_drawn := 0;
    v_repeated := 0;
    if v_count.failed = 0 and v_count.ctx is null then
      select d.drawn, d.repeated into v_drawn, v_repeated
      from noetl_internal.draw_items(
        p_execution_id, v_count.loop_id, v_count.done, greatest(v_count.done, 100)
      ) as d;
    end if;
    v_loop := noetl_internal.count_loop(
      p_execution_id, v_count.loop_id, v_count.done, v_count.failed, v_drawn, v_repeated,
      v_count.has_ctx, v_count.error
    );
    if noetl_internal.is_loop_lost(v_loop) then
      perform noetl_internal.drain_loop(p_execution_id, v_count.loop_id);
    end if;
    loop_id := v_loop.loop_id;
    ctx := case when v_loop.mode = 'sequential' then v_count.ctx end;
    return next;
  end loop;
end;
$function$;

comment on function noetl_internal.count_outcomes(
  bigint, noetl_internal.outcome [], text []
) is 'Add finished items to the counters of their loops; returns the loops touched.';
