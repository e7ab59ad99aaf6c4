-- How a step's result is stored and what of it stays readable: {"store", "select": [{"path",
-- "as"}], "format", "scope", "ttl" in seconds, "compression"}.
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_result(
  p_step jsonb,
  p_spec jsonb,
  p_tools jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      jsonb_build_object('store', 'auto') || r.result || r.older || jsonb_strip_nulls(
        jsonb_build_object('ttl', noetl_internal.duration_seconds(r.result ->> 'ttl'))
      ) || jsonb_build_object(
        'select',
        (
          select
            coalesce(
              jsonb_agg(
                case jsonb_typeof(s.value)
                  when 'string' then jsonb_build_object('path', s.value, 'as', s.value)
                  else jsonb_build_object('as', s.value -> 'path')
                  || noetl_internal.mapping_of(s.value)
                end
                order by s.place
              ),
              '[]'
            )
          from jsonb_array_elements(
            noetl_internal.list_of(coalesce(
              r.output -> 'output_select', r.output -> 'select', p_step -> 'output_select',
              p_tools -> -1 -> 'output_select', r.result -> 'select'
            ))
          ) with ordinality as s (value, place)
        )
      )
    from (
      select
        o.output,
        noetl_internal.deep_merge(
          noetl_internal.mapping_of(p_spec -> 'result'),
          noetl_internal.mapping_of(p_tools -> -1 -> 'result')
        ) as result,
        jsonb_strip_nulls(jsonb_build_object(
          'store', coalesce(
            noetl_internal.text_of(o.output -> 'store'),
            noetl_internal.text_of(o.output -> 'store' -> 'kind')
          )
        )) as older
      from (select noetl_internal.mapping_of(p_step -> 'output') as output) as o
    ) as r
  );
end;
$function$;

comment on function noetl_internal.compile_result(jsonb, jsonb, jsonb)
is 'How a step''s result is stored and what of it stays readable.';
