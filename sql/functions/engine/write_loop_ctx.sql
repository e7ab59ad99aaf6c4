-- Write the ctx values of a sequential loop's item, so that the next item sees them.
-- Locks: the run row; the caller holds the loop row.
create or replace function noetl_internal.write_loop_ctx(
  p_execution_id bigint,
  p_loop_id bigint,
  p_ctx jsonb
)
returns void
language plpgsql volatile
as $function$
declare
  v_version bigint;
begin
  perform 1 from noetl.run as r
  where r.execution_id = p_execution_id
  for no key update;
  perform noetl_internal.write_ctx(p_execution_id, p_ctx);
  select r.context_version into v_version from noetl.run as r
  where r.execution_id = p_execution_id;
  update noetl.loop as l
  set context_version = v_version
  where l.execution_id = p_execution_id and l.loop_id = p_loop_id;
end;
$function$;

comment on function noetl_internal.write_loop_ctx(bigint, bigint, jsonb)
is 'Write the ctx values of a sequential loop''s item.';
