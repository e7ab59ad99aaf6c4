-- Where a stored result is, for people and programs that read it: its address, checksum and, in
-- tier db, its payload.
-- Locks: none. Raises: NE404 when nothing is stored under the reference, or its bytes were removed.
create or replace function noetl.find_result(p_ref text)
returns table (
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
begin
  return query
  select
    r.store_tier, r.physical_uri, r.content_type, r.bytes, r.sha256, r.row_count, p.payload
  from noetl.result_ref as r
  left join noetl.result_payload as p
    on p.execution_id = r.execution_id and p.ref_id = r.ref_id
  where
    r.execution_id = noetl_internal.bigint_of(substring(p_ref from '^noetl://([0-9]+)/result/'))
    and r.ref_id = noetl_internal.ref_id_of(p_ref)
    and r.removed_at is null;
  if not found then
    raise exception 'no result is stored as "%"', left(p_ref, 200) using
      errcode = 'NE404',
      hint = case
        when p_ref ~ '^noetl://[0-9]+/loop/[0-9]+/results$'
          then 'They are kept item by item, and noetl events tells them. With spec.result.format '
            || 'a loop gathers them into one object.'
        else 'List what is stored with noetl result ls; it may have expired (spec.result.ttl).'
      end;
  end if;
end;
$function$;

comment on function noetl.find_result(text)
is 'Where a stored result is: its address, checksum and, in tier db, its payload.';
revoke all on function noetl.find_result(text) from public;
grant execute on function noetl.find_result(text) to noetl_reader, noetl_operator;
