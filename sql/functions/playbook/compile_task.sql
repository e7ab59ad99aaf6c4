-- What a worker needs to run a step, all raw (docs/protocol.md).
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_task(
  p_step jsonb,
  p_spec jsonb,
  p_loop jsonb,
  p_tools jsonb,
  p_at text,
  p_known jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select t.task || jsonb_build_object('names', noetl_internal.run_names(t.task, p_known))
    from (
      select
        jsonb_build_object(
          'loop', p_loop is not null,
          'iterator', p_loop -> 'iterator',
          'in', p_loop -> 'in_raw',
          'input', p_step -> noetl_internal.input_key(p_step),
          'set',
          case
            when p_loop is null then '[]'
            else noetl_internal.strip_set_places(noetl_internal.collect_sets(p_step, p_at, 'ctx'))
          end,
          'key', p_loop -> 'key',
          'timeout', p_spec -> 'timeout',
          'tools',
          case
            when p_tools = '[]' then
              jsonb_build_array(jsonb_build_object(
                'name', p_step -> 'step', 'kind', 'noop', 'options', '{}'::jsonb,
                'rules', '[]'::jsonb, 'set', '[]'::jsonb, 'timeout', null
              ))
            else noetl_internal.strip_places(p_tools)
          end,
          'result', noetl_internal.compile_result(p_step, p_spec, p_tools)
        )
        || case
          when p_loop ? 'cursor' then jsonb_build_object('cursor', p_loop -> 'cursor') else '{}'
        end
        || case
          when noetl_internal.has_stream(p_step -> 'next')
            then jsonb_build_object('partials', true)
          else '{}'
        end
        || case
          when p_known -> 'keychain' = '[]' then '{}'
          else jsonb_build_object('keychain', p_known -> 'keychain')
        end as task
    ) as t
  );
end;
$function$;

comment on function noetl_internal.compile_task(jsonb, jsonb, jsonb, jsonb, text, jsonb)
is 'What a worker needs to run a step, all raw.';
