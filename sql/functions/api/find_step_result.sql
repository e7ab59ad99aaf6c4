-- The result that a step's name reads as, its latest: where it is stored (find_result), or, when it
-- rides in its event (tier eventlog, no reference), the payload. Of a result of which only the rows
-- are stored, the rows.
-- Locks: none. Raises: NE404 for an unknown execution, a step that it has not finished, or a result
-- whose bytes were removed.
create or replace function noetl.find_step_result(
  p_execution_id bigint,
  p_step text
)
returns table (
  ref text,
  store_tier text,
  physical_uri text,
  content_type text,
  bytes bigint,
  sha256 text,
  row_count bigint,
  payload jsonb
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  v_result record;
begin
  select k.value, k.envelope into v_result
  from noetl_internal.kept_step(p_execution_id, p_step) as k;
  if not found then
    raise exception 'execution % has no finished step "%"', p_execution_id, left(p_step, 200) using
      errcode = 'NE404', hint = 'Show its steps with noetl status.';
  end if;
  if v_result.envelope ? 'ref' then
    return query
    select v_result.envelope ->> 'ref', f.*
    from noetl.find_result(v_result.envelope ->> 'ref') as f;
  else
    return query
    select
      null, 'eventlog', null, 'application/json', octet_length(v_result.value::text)::bigint,
      encode(sha256(convert_to(v_result.value::text, 'UTF8')), 'hex'), null::bigint,
      v_result.value;
  end if;
end;
$function$;

comment on function noetl.find_step_result(bigint, text)
is 'The result that a step''s name reads as: where it is stored, or its payload.';
revoke all on function noetl.find_step_result(bigint, text) from public;
grant execute on function noetl.find_step_result(bigint, text) to noetl_reader, noetl_operator;
