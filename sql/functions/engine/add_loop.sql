-- Add the row of a loop and the events that it has started; returns the row. A cursor loop is given
-- no total: it begins with all its slots. p_origin is what loop.started tells of where its items
-- come from.
-- Locks: the caller holds the run row. Raises: NE46x of loop.spec.
create or replace function noetl_internal.add_loop(
  p_run noetl.run,
  p_token noetl.token,
  p_definition jsonb,
  p_loop_id bigint,
  p_total integer,
  p_origin jsonb
)
returns noetl.loop
language plpgsql volatile
as $function$
declare
  v_spec jsonb := p_definition -> 'loop';
  v_elsewhere text := nullif(
    p_origin ->> 'collection_ref', noetl_internal.loop_uri(p_run.execution_id, p_loop_id)
  );
  v_window integer := noetl_internal.loop_window(p_run.execution_id, p_token, v_spec);
  v_loop noetl.loop;
begin
  insert into noetl.loop (
    execution_id, loop_id, token_id, catalog_id, step, mode, status, total, issued, done, failed,
    cancelled, to_repeat, remaining_slots, max_in_flight, max_shard_retries, max_failures, policy,
    is_external, collection_ref, input, pool, priority, next_place, context_version,
    has_ctx_writes, version, started_at
  )
  values (
    p_run.execution_id, p_loop_id, p_token.token_id, p_run.catalog_id, p_token.step,
    v_spec ->> 'mode', case when p_total is null then 'running' else 'expanding' end,
    coalesce(p_total, 0), case when p_total is null then v_window else 0 end, 0, 0, 0, 0,
    case when p_total is null then v_window end, v_window,
    coalesce((v_spec ->> 'max_shard_retries')::integer, 2),
    noetl_internal.failure_limit(v_spec ->> 'max_failures', p_total),
    noetl_internal.loop_policy(v_spec),
    v_elsewhere is not null
    or coalesce(p_total > noetl_internal.setting_integer('loop_inline_max'), false),
    v_elsewhere, p_token.input,
    coalesce(p_definition ->> 'pool', p_run.pool), p_run.priority, 0, p_run.context_version,
    false, 1, noetl_internal.clock_now()
  )
  returning * into v_loop;
  perform noetl_internal.append_event(
    p_run.execution_id, p_run.catalog_id, e.event_type, p_token.step, 'started',
    p_origin || jsonb_build_object('max_in_flight', v_window, 'is_external', v_loop.is_external),
    null,
    jsonb_strip_nulls(
      jsonb_build_object(
        'loop_id', p_loop_id, 'token_id', p_token.token_id, 'mode', v_loop.mode,
        e.count_name, p_total
      )
    )
  )
  from (
    values (1, 'loop.started', 'collection_size'), (2, 'loop.fanout.started', 'total_shards')
  ) as e (place, event_type, count_name)
  where e.place = 1 or v_loop.mode = 'fanout'
  order by e.place;
  perform noetl_internal.ring_tickers();
  return v_loop;
end;
$function$;

comment on function noetl_internal.add_loop(
  noetl.run, noetl.token, jsonb, bigint, integer, jsonb
) is 'Add the row of a loop and the events that it has started.';
