-- The definition of a step (docs/protocol.md), and under "checks" what only the checks need.
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_step(
  p_step jsonb,
  p_position integer,
  p_defaults jsonb,
  p_workbook jsonb,
  p_known jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_at text := format('workflow[%s]', p_position);
  v_specs jsonb := noetl_internal.merge_specs(p_step, p_defaults);
  v_spec jsonb := v_specs -> 'step';
  v_source jsonb := noetl_internal.loop_source(p_step, v_at);
  v_loop jsonb := noetl_internal.compile_loop(p_step, v_specs, v_at);
  v_input text := noetl_internal.input_key(p_step);
  v_sets jsonb := noetl_internal.collect_sets(p_step, v_at, 'ctx');
  v_tools jsonb := noetl_internal.compile_tools(
    p_step, v_spec -> 'policy', v_source ? 'older', p_workbook, v_at || '.tool'
  );
begin
  return jsonb_build_object(
    'step', noetl_internal.text_of(p_step -> 'step'),
    'position', p_position,
    'pool', coalesce(noetl_internal.text_of(v_spec -> 'pool'), 'default'),
    'max_attempts', coalesce(v_spec -> 'max_attempts', '3'),
    'timeout', v_spec -> 'timeout',
    'inline', v_tools = '[]' and v_loop is null,
    'wait', noetl_internal.compile_wait(v_tools, v_loop),
    'admit', noetl_internal.compile_admit(
      v_spec #> '{policy,admit,rules}', v_at || '.spec.policy.admit.rules'
    ),
    'input', case
      when v_loop is null
        then noetl_internal.compile_at('template', p_step -> v_input, v_at || '.' || v_input)
    end,
    'loop', v_loop,
    'set', case when v_loop is null then noetl_internal.compile_sets(p_step, v_at) else '[]' end,
    'next', noetl_internal.compile_next(
      p_step -> 'next', v_spec, v_at || '.next', v_loop is not null
    ),
    'join', null,
    'concurrency', noetl_internal.compile_concurrency(
      v_specs -> 'own' -> 'concurrency', v_at || '.spec.concurrency'
    ),
    'task', noetl_internal.compile_task(p_step, v_spec, v_loop, v_tools, v_at, p_known),
    'checks', jsonb_build_object(
      'at', v_at,
      'tools', v_tools,
      'sets', v_sets,
      'join', v_spec -> 'join',
      'frame', noetl_internal.mapping_of(v_specs #> '{loop,frame}'),
      'worker', noetl_internal.loop_checks(p_step, v_loop, v_at),
      'older_loop', v_source -> 'older'
    )
  );
end;
$function$;

comment on function noetl_internal.compile_step(jsonb, integer, jsonb, jsonb, jsonb)
is 'The definition of a step, and under "checks" what only the checks need.';
