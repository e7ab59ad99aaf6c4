-- The views through which expressions read a chunk: those of output, result and response that they
-- ask for.
create or replace function noetl_internal.chunk_views(
  p_execution_id bigint,
  p_locals jsonb,
  p_roots text []
)
returns jsonb
language plpgsql stable
as $function$
declare
  v_chunk noetl.variable;
begin
  v_chunk.execution_id := p_execution_id;
  v_chunk.value := noetl_internal.result_value(p_locals #> '{_partial,result}');
  v_chunk.envelope := noetl_internal.result_envelope(p_locals #> '{_partial,result}', null);
  return (
    select
      coalesce(
        jsonb_object_agg(
          n.name,
          noetl_internal.result_view(
            v_chunk, case n.name when 'output' then 'envelope' else 'payload' end, false
          )
        ),
        '{}'
      )
    from unnest(array['output', 'result', 'response']) as n (name)
    where n.name = any(p_roots)
  );
end;
$function$;

comment on function noetl_internal.chunk_views(bigint, jsonb, text [])
is 'The views through which expressions read a chunk.';
