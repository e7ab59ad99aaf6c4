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
  from noetl_internal.kept_step(p_execution_id, p_step) as k
  cross join lateral jsonb_populate_record(
    null::noetl.result_ref,
    jsonb_build_object(
      'execution_id', p_execution_id, 'step', p_step, 'name', 'result',
      'store_tier', 'eventlog', 'content_type', 'application/json',
      'bytes', octet_length(k.value::text),
      'row_count', k.value -> 'total',
      'source_refs', coalesce(
        k.envelope -> '_sources', to_jsonb(array_remove(array[k.collection_ref], null))
      )
    )
  ) as inlined
  where not k.envelope ? 'ref';
end;
$function$;

comment on function noetl_internal.results_of_step(bigint, text)
is 'The results of a step: those stored, and the one that rides in its event.';
