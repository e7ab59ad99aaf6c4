-- Begin a loop whose collection is stored: its row, its events, its first chunk of commands. An
-- empty one ends at once.
-- Locks: the caller holds the run row. Raises: NE46x of loop.spec.max_in_flight.
create or replace function noetl_internal.begin_loop(
  p_execution_id bigint,
  p_token_id integer,
  p_loop_id bigint,
  p_total integer
)
returns void
language plpgsql volatile
as $function$
declare
  v_token noetl.token;
  v_run noetl.run;
  v_spec jsonb;
  v_definition jsonb;
  v_loop noetl.loop;
begin
  select * into v_run from noetl.run as r where r.execution_id = p_execution_id;
  select * into v_token from noetl.token as t
  where t.execution_id = p_execution_id and t.token_id = p_token_id;
  v_definition := noetl_internal.step_definition(v_run.catalog_id, v_token.step);
  v_spec := v_definition -> 'loop';
  insert into noetl.loop (
    execution_id, loop_id, token_id, catalog_id, step, mode, status, total, issued, done, failed,
    cancelled, to_repeat, max_in_flight, max_shard_retries, max_failures, policy, is_external,
    input, pool, priority, next_place, context_version, has_ctx_writes, version, started_at
  )
  values (
    p_execution_id, p_loop_id, p_token_id, v_run.catalog_id, v_token.step, v_spec ->> 'mode',
    'expanding', p_total, 0, 0, 0, 0, 0,
    noetl_internal.loop_window(p_execution_id, v_token, v_spec),
    coalesce((v_spec ->> 'max_shard_retries')::integer, 2),
    noetl_internal.failure_limit(v_spec ->> 'max_failures', p_total),
    noetl_internal.loop_policy(v_spec),
    p_total > noetl_internal.setting_integer('loop_inline_max'), v_token.input,
    coalesce(v_definition ->> 'pool', v_run.pool), v_run.priority, 0, v_run.context_version, false,
    1, noetl_internal.clock_now()
  )
  returning * into v_loop;
  perform noetl_internal.append_event(
    p_execution_id, v_run.catalog_id, e.event_type, v_token.step, 'started',
    jsonb_build_object(
      'collection_ref', noetl_internal.loop_uri(p_execution_id, p_loop_id),
      'max_in_flight', v_loop.max_in_flight, 'is_external', v_loop.is_external
    ),
    null,
    jsonb_build_object('loop_id', p_loop_id, 'token_id', p_token_id, 'mode', v_spec ->> 'mode')
    || jsonb_build_object(e.count_name, p_total)
  )
  from (
    values (1, 'loop.started', 'collection_size'), (2, 'loop.fanout.started', 'total_shards')
  ) as e (place, event_type, count_name)
  where e.place = 1 or v_spec ->> 'mode' = 'fanout'
  order by e.place;
  perform noetl_internal.fill_loop(p_execution_id, p_loop_id);
  perform noetl_internal.close_loop(p_execution_id, p_loop_id);
  perform noetl_internal.mark_change('dirty', p_execution_id);
end;
$function$;

comment on function noetl_internal.begin_loop(bigint, integer, bigint, integer)
is 'Begin a loop whose collection is stored.';
