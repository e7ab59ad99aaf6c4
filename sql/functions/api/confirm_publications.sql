-- Forget entries of take_publications that have been published; returns how many. A dispatcher that
-- has lost the duty meanwhile may still say so. Called again: 0.
-- Locks: outbox rows, ascending. Raises: NE401, NE410.
create or replace function noetl.confirm_publications(
  p_session uuid,
  p_change_ids bigint []
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_count integer;
begin
  perform noetl_internal.require_session(p_session);
  -- Lost in a crash, it is a message published twice.
  perform set_config('synchronous_commit', 'off', true);
  with published as (
    select c.change_id from noetl.change as c
    where c.change_id = any(p_change_ids) and c.kind = 'publish'
    order by c.change_id
    for update
  )
  delete from noetl.change as c
  using published as p
  where c.change_id = p.change_id;
  get diagnostics v_count = row_count;
  return v_count;
end;
$function$;

comment on function noetl.confirm_publications(uuid, bigint [])
is 'Forget entries of take_publications that have been published.';
revoke all on function noetl.confirm_publications(uuid, bigint []) from public;
grant execute on function noetl.confirm_publications(uuid, bigint []) to noetl_worker;
