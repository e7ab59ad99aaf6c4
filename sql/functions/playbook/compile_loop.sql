-- The loop of a step (docs/protocol.md), null if it has none. With a cursor its mode is that; else
-- the step's own loop_mode wins over loop.spec.mode, which wins over the executor's loop_mode.
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_loop(
  p_step jsonb,
  p_specs jsonb,
  p_at text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      jsonb_build_object(
        'in', noetl_internal.compile_at('template', l.source -> 'in', l.source ->> 'in_at'),
        'in_raw', l.source -> 'in',
        'iterator', l.source -> 'iterator',
        'mode', l.mode,
        'max_in_flight',
        case
          when jsonb_typeof(l.spec -> 'max_in_flight') = 'string'
            then noetl_internal.compile_at(
              'template', l.spec -> 'max_in_flight', p_at || '.loop.spec.max_in_flight'
            )
          else coalesce(
            l.spec -> 'max_in_flight',
            case when l.mode in ('parallel', 'cursor') then to_jsonb(10) end
          )
        end,
        'policy', coalesce(noetl_internal.text_of(l.spec -> 'policy'), 'fail_fast'),
        'max_shard_retries', coalesce(l.fanout -> 'max_shard_retries', '2'),
        'allow_partial', coalesce(l.fanout -> 'allow_partial', 'false'),
        'fail_fast', coalesce(l.fanout -> 'fail_fast', 'false'),
        'max_failures', l.fanout -> 'max_failures',
        'key', l.fanout -> 'key'
      )
      || case
        when l.mode <> 'cursor' then '{}'
        else
          jsonb_build_object(
            'cursor', l.cursor,
            'frame',
            noetl_internal.compile_at(
              'template',
              '{"max_rows": 1, "process": "row"}' || noetl_internal.mapping_of(l.spec -> 'frame'),
              p_at || '.loop.spec.frame'
            )
          )
      end
    from (
      select
        noetl_internal.loop_source(p_step, p_at) as source,
        p_specs -> 'loop' as spec,
        noetl_internal.mapping_of(p_specs -> 'step' -> 'fanout') as fanout,
        noetl_internal.mapping_of(p_step -> 'loop') -> 'cursor' as cursor,
        coalesce(
          case when noetl_internal.mapping_of(p_step -> 'loop') ? 'cursor' then 'cursor' end,
          noetl_internal.text_of(p_specs -> 'own' -> 'loop_mode'),
          noetl_internal.text_of(p_specs -> 'loop' -> 'mode'),
          noetl_internal.text_of(p_specs -> 'step' -> 'loop_mode'),
          'sequential'
        ) as mode
    ) as l
    where l.source is not null
  );
end;
$function$;

comment on function noetl_internal.compile_loop(jsonb, jsonb, text)
is 'The loop of a step, null if it has none.';
