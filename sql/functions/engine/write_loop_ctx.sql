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
  v_run noetl.run;
  v_version bigint;
begin
  select * into v_run from noetl.run as r
  where r.execution_id = p_execution_id
  for no key update;
  perform noetl_internal.write_ctx(p_execution_id, p_ctx);
  -- The item's own event was numbered before the run row was locked: this one gives the order.
  perform noetl_internal.append_event(
    p_execution_id, v_run.catalog_id, 'context.written',
    p_context => jsonb_build_object('ctx', p_ctx),
    p_meta => jsonb_build_object('loop_id', p_loop_id)
  );
  select r.context_version into v_version from noetl.run as r
  where r.execution_id = p_execution_id;
  update noetl.loop as l
  set context_version = v_version
  where l.execution_id = p_execution_id and l.loop_id = p_loop_id;
end;
$function$;

comment on function noetl_internal.write_loop_ctx(bigint, bigint, jsonb)
is 'Write the ctx values of a sequential loop''s item.';
