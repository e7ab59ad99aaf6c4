-- What a worker evaluates per item, tried against the server's expressions: a difference is worth a
-- warning only.
-- Locks: none. Never raises.
create or replace function noetl_internal.loop_checks(
  p_step jsonb,
  p_loop jsonb,
  p_at text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select coalesce(jsonb_agg(c.compiled) filter (where c.compiled is not null), '[]')
    from (
      select
        noetl_internal.compile_at(
          'template', p_step -> noetl_internal.input_key(p_step),
          p_at || '.' || noetl_internal.input_key(p_step)
        ) as compiled
      union all
      select noetl_internal.compile_at('template', p_loop -> 'key', p_at || '.spec.fanout.key')
      union all
      select noetl_internal.compile_at('template', s.value -> 'value', s.value ->> 'at')
      from jsonb_array_elements(noetl_internal.collect_sets(p_step, p_at, 'ctx')) as s (value)
    ) as c
    where p_loop is not null
  );
end;
$function$;

comment on function noetl_internal.loop_checks(jsonb, jsonb, text)
is 'What a worker evaluates per item, tried against the server''s expressions.';
