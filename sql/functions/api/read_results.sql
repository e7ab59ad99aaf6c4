-- A range of the results of a loop's items (noetl://RUN/loop/N/results), in item order: {"items":
-- payloads, null for a failed item, "refs": {place in items: reference of one that lies outside the
-- database}}.
-- Raises: NE401, NE410, NE403, NE404 for a reference that is not of a loop's results.
create or replace function noetl.read_results(
  p_session uuid,
  p_results_ref text,
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
    p_results_ref, '^noetl://([0-9]+)/loop/([0-9]+)/results$'
  );
  v_execution_id bigint := noetl_internal.bigint_of(v_parts[1]);
  v_loop_id bigint := noetl_internal.bigint_of(v_parts[2]);
begin
  if num_nulls(v_execution_id, v_loop_id) > 0 then
    raise exception 'no results are called "%"', left(p_results_ref, 200) using
      errcode = 'NE404', hint = 'Pass the results_ref of a finished loop.';
  end if;
  perform noetl_internal.require_kin(p_session, v_execution_id);
  return noetl_internal.loop_results(v_execution_id, v_loop_id, p_first, p_count);
end;
$function$;

comment on function noetl.read_results(uuid, text, integer, integer)
is 'A range of the results of a loop''s items.';
revoke all on function noetl.read_results(uuid, text, integer, integer) from public;
grant execute on function noetl.read_results(uuid, text, integer, integer) to noetl_worker;
