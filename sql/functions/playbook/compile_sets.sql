-- The writes of a step or an arc, compiled for the engine: [{"target", "value": template, "at"}].
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_sets(
  p_node jsonb,
  p_at text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      coalesce(
        jsonb_agg(
          s.value || jsonb_build_object(
            'value',
            coalesce(
              noetl_internal.compile_at('template', s.value -> 'value', s.value ->> 'at'),
              noetl_internal.compile_template('null')
            )
          )
          order by s.place
        ),
        '[]'
      )
    from jsonb_array_elements(
      noetl_internal.collect_sets(p_node, p_at, 'ctx')
    ) with ordinality as s (value, place)
  );
end;
$function$;

comment on function noetl_internal.compile_sets(jsonb, text)
is 'The writes of a step or an arc, compiled for the engine.';
