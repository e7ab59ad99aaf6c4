-- A range of a loop's items (noetl://RUN/loop/N), in item order; {"ref"} when they are the rows of
-- a stored result, or the results of another loop.
-- Raises: NE401, NE410, NE403, NE404 for a reference that is no loop's.
create or replace function noetl.read_items(
  p_session uuid,
  p_collection_ref text,
  p_first integer,
  p_count integer
)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_parts text [] := regexp_match(
    p_collection_ref, '^noetl://([0-9]+)/loop/([0-9]+)$'
  );
  v_execution_id bigint := noetl_internal.bigint_of(v_parts[1]);
  v_loop_id bigint := noetl_internal.bigint_of(v_parts[2]);
  v_result_ref text;
  v_items jsonb;
begin
  if num_nulls(v_execution_id, v_loop_id) > 0 then
    raise exception 'no collection is called "%"', left(p_collection_ref, 200) using
      errcode = 'NE404', hint = 'Pass the collection_ref of a claimed command.';
  end if;
  perform noetl_internal.require_run(p_session, v_execution_id);
  select l.collection_ref into v_result_ref
  from noetl.loop as l
  where l.execution_id = v_execution_id and l.loop_id = v_loop_id;
  if v_result_ref is not null then
    return jsonb_build_object('ref', v_result_ref);
  end if;
  select coalesce(jsonb_agg(i.item order by i.iter_index), '[]') into v_items
  from noetl_internal.load_items(v_execution_id, v_loop_id, p_first, p_count) as i;
  return v_items;
end;
$function$;

comment on function noetl.read_items(uuid, text, integer, integer)
is 'A range of a loop''s items, or the stored result whose rows they are.';
revoke all on function noetl.read_items(uuid, text, integer, integer) from public;
grant execute on function noetl.read_items(uuid, text, integer, integer) to noetl_worker;
