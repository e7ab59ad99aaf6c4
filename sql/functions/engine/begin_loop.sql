-- Begin a loop whose collection is stored, by us or, under p_collection_ref, as rows or results:
-- its row, its events, its first chunk of commands. An empty one ends at once.
-- Locks: the caller holds the run row. Raises: NE46x of loop.spec.max_in_flight.
create or replace function noetl_internal.begin_loop(
  p_execution_id bigint,
  p_token_id integer,
  p_loop_id bigint,
  p_total integer,
  p_collection_ref text
)
returns void
language plpgsql volatile
as $function$
declare
  v_token noetl.token;
  v_run noetl.run;
begin
  select * into v_run from noetl.run as r where r.execution_id = p_execution_id;
  select * into v_token from noetl.token as t
  where t.execution_id = p_execution_id and t.token_id = p_token_id;
  perform noetl_internal.add_loop(
    v_run, v_token, noetl_internal.step_definition(v_run.catalog_id, v_token.step), p_loop_id,
    p_total,
    jsonb_build_object(
      'collection_ref',
      coalesce(p_collection_ref, noetl_internal.loop_uri(p_execution_id, p_loop_id))
    )
  );
  perform noetl_internal.fill_loop(p_execution_id, p_loop_id);
  perform noetl_internal.close_loop(p_execution_id, p_loop_id);
end;
$function$;

comment on function noetl_internal.begin_loop(bigint, integer, bigint, integer, text)
is 'Begin a loop whose collection is stored.';
