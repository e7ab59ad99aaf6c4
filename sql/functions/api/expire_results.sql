-- Results whose time has come (expires_at, or scope: their command, run or the run's root has
-- ended): takes at most p_limit of them out of reach and returns them. Payloads of tier db are gone
-- then; the others have an address, whose bytes the caller removes. What a caller does not get to
-- remove is an orphan, which unknown_objects finds.
-- Locks: rows of results, skipping locked ones. Raises: NE401, NE410.
create or replace function noetl.expire_results(
  p_session uuid,
  p_limit integer
)
returns table (store_tier text, physical_uri text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
#variable_conflict use_column
begin
  perform noetl_internal.require_session(p_session);
  return query
  with due as (
    select r.execution_id, r.ref_id
    from noetl.result_ref as r
    where
      r.removed_at is null
      and (
        r.expires_at < noetl_internal.clock_now()
        or r.scope <> 'permanent' and noetl_internal.is_scope_over(r)
      )
    order by r.execution_id, r.ref_id
    limit least(greatest(p_limit, 0), 1000)
    for no key update skip locked
  ),
  removed as (
    update noetl.result_ref as r
    set removed_at = noetl_internal.clock_now()
    from due as d
    where r.execution_id = d.execution_id and r.ref_id = d.ref_id
    returning r.*
  ),
  dropped as (
    delete from noetl.result_payload as p
    using removed as r
    where p.execution_id = r.execution_id and p.ref_id = r.ref_id
    returning p.ref_id
  )
  select r.store_tier, r.physical_uri
  from removed as r
  where (select count(*) from dropped) >= 0;
end;
$function$;

comment on function noetl.expire_results(uuid, integer)
is 'Take results whose time has come out of reach; where their bytes are.';
revoke all on function noetl.expire_results(uuid, integer) from public;
grant execute on function noetl.expire_results(uuid, integer) to noetl_worker;
