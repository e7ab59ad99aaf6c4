-- The results of a step: those stored, and the one that rides in its event.
create or replace function noetl_internal.results_of_step(
  p_execution_id bigint,
  p_step text
)
returns setof noetl.result_ref
language plpgsql stable
as $function$
begin
  return query
  select r.*
  from noetl.result_ref as r
  where r.execution_id = p_execution_id and r.step = p_step
  order by r.ref_id;

  -- Without a reference of its own: how the step ended last.
  return query
  select
    inlined.*
  from noetl.variable as v
  left join noetl.loop as l on l.execution_id = p_execution_id and l.loop_id = v.loop_id
  cross join lateral jsonb_populate_record(
    null::noetl.result_ref,
    jsonb_build_object(
      'execution_id', p_execution_id, 'step', p_step, 'name', 'result',
      'store_tier', 'eventlog', 'content_type', 'application/json',
      'bytes', octet_length(v.value::text),
      'row_count', v.value -> 'total',
      'source_refs', coalesce(
        v.envelope -> '_sources', to_jsonb(array_remove(array[l.collection_ref], null))
      )
    )
  ) as inlined
  where
    v.execution_id = p_execution_id and v.scope = 'step' and v.name = p_step
    and not v.envelope ? 'ref';
end;
$function$;

comment on function noetl_internal.results_of_step(bigint, text)
is 'The results of a step: those stored, and the one that rides in its event.';
