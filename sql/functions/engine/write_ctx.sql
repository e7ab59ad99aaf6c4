-- Write ctx values, {"a": 1, "b.c": 2}, of a run whose row the caller has locked, and wake the
-- tokens that wait for a change of ctx. Raises: 23514 when a value is over the limit of
-- variable_ctx_is_small.
create or replace function noetl_internal.write_ctx(
  p_execution_id bigint,
  p_patch jsonb
)
returns void
language plpgsql volatile
as $function$
declare
  v_write record;
begin
  if p_patch is null or p_patch = '{}' then
    return;
  end if;
  -- A row loop, because a later path may lie inside an earlier one; bounded by the size of one set.
  for v_write in
    select string_to_array(e.key, '.') as path, e.value from jsonb_each(p_patch) as e order by e.key
  loop
    insert into noetl.variable as v (execution_id, scope, name, value)
    values (
      p_execution_id, 'ctx', v_write.path[1],
      noetl_internal.assign_path(null, v_write.path[2:], v_write.value)
    )
    on conflict (execution_id, scope, name) do update
    set value = noetl_internal.assign_path(v.value, v_write.path[2:], v_write.value);
  end loop;
  update noetl.run as r
  set context_version = nextval('noetl.event_id_seq')
  where r.execution_id = p_execution_id;
  update noetl.token as t
  set status = 'ready'
  where t.execution_id = p_execution_id and t.status = 'waiting_admission';
end;
$function$;

comment on function noetl_internal.write_ctx(bigint, jsonb)
is 'Write ctx values of a run and wake what waits for them.';
