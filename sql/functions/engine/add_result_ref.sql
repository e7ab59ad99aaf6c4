-- Add the row that says where a result is, and how its rows lie in it (manifest); the same command
-- and name: the row that is there already.
create or replace function noetl_internal.add_result_ref(
  p_execution_id bigint,
  p_result jsonb
)
returns noetl.result_ref
language plpgsql volatile
as $function$
declare
  v_ref noetl.result_ref;
  v_ref_id bigint := nextval(pg_get_serial_sequence('noetl.result_ref', 'ref_id'));
begin
  insert into noetl.result_ref (
    ref_id, ref, execution_id, command_id, step, name, parent_ref_id, source_refs, store_tier,
    physical_uri, content_type, bytes, sha256, row_count, scope, expires_at, created_at
  )
  overriding system value
  values (
    v_ref_id, format('noetl://%s/result/%s', p_execution_id, v_ref_id), p_execution_id,
    p_result ->> 'command_id', p_result ->> 'step', p_result ->> 'name',
    noetl_internal.ref_id_of(p_result #>> '{sources,0}'),
    array(select jsonb_array_elements_text(coalesce(p_result -> 'sources', '[]'))),
    p_result ->> 'store_tier', p_result ->> 'physical_uri',
    coalesce(p_result ->> 'content_type', 'application/json'), (p_result ->> 'bytes')::bigint,
    p_result ->> 'sha256', (p_result ->> 'row_count')::bigint,
    coalesce(p_result ->> 'scope', 'permanent'),
    noetl_internal.clock_now() + make_interval(secs => (p_result ->> 'ttl')::double precision),
    noetl_internal.clock_now()
  )
  on conflict (execution_id, command_id, name) do nothing
  returning * into v_ref;
  if not found then
    select * into v_ref from noetl.result_ref as r
    where
      r.execution_id = p_execution_id
      and r.command_id = p_result ->> 'command_id'
      and r.name = p_result ->> 'name';
  elsif p_result -> 'manifest' <> 'null' then
    insert into noetl.manifest (manifest_id, execution_id, kind, summary, created_at)
    values (v_ref_id, p_execution_id, 'rows', p_result -> 'manifest', v_ref.created_at);
  end if;
  return v_ref;
end;
$function$;

comment on function noetl_internal.add_result_ref(bigint, jsonb)
is 'Add the row that says where a result is.';
