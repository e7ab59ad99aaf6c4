-- What a step waits for that has no other tool and no loop, so that the engine itself waits:
-- {"until", "duration", "signal", "timeout"}, each a template or a number, or null.
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_wait(
  p_tools jsonb,
  p_loop jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  if p_loop is not null or jsonb_array_length(p_tools) <> 1 or p_tools #>> '{0,kind}' <> 'wait' then
    return null;
  end if;
  return (
    select
      jsonb_object_agg(
        o.key,
        case
          when jsonb_typeof(o.value) = 'string' and o.value #>> '{}' ~ '\{[{%]'
            then noetl_internal.compile_at(
              'template', o.value, (p_tools #>> '{0,at}') || '.' || o.key
            )
          else o.value
        end
      )
    from (
      select
        k.key, coalesce(p_tools #> array['0', 'options', k.key], p_tools #> array['0', k.key])
        as value
      from unnest(array['until', 'duration', 'signal', 'timeout']) as k (key)
    ) as o
  );
end;
$function$;

comment on function noetl_internal.compile_wait(jsonb, jsonb)
is 'What a step waits for without a worker.';
