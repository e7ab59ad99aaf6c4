-- Commands to be published, in the order of their issue, for the dispatcher that holds the duty
-- publish_commands; nobody else gets any. worker: who has most room for it, null: whoever comes.
-- kind: of its first tool, null when it runs none. Entries of commands that are not queued any more
-- are removed. Called again: the same, until confirm_publications.
-- Locks: outbox rows, skipping locked ones. Raises: NE401, NE410.
create or replace function noetl.take_publications(
  p_session uuid,
  p_limit integer default 500
)
returns table (
  change_id bigint,
  execution_id bigint,
  command_id text,
  issue integer,
  pool text,
  kind text,
  worker text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
#variable_conflict use_column
declare
  v_first bigint;
  v_taken noetl.change [];
  v_ready noetl_internal.publication [];
begin
  perform noetl_internal.require_session(p_session);
  if not exists (
    select from noetl.duty as d
    where d.duty = 'publish_commands' and d.owner_session_id = p_session
  ) then
    return;
  end if;
  v_first := noetl_internal.first_publication();
  select array_agg(t::noetl.change order by t.change_id) into v_taken
  from (
    select c.* from noetl.change as c
    where c.kind = 'publish' and c.change_id >= v_first
    order by c.change_id
    limit least(greatest(p_limit, 0), 1000)
    for update skip locked
  ) as t;
  -- A new statement: what was claimed by now is not to be published.
  v_ready := array(
    select
      row(
        t.change_id, t.execution_id, t.command_id, c.issue, c.pool,
        case when c.task in ('run', 'frame') then s.kinds else '{}' end, null
      )::noetl_internal.publication
    from unnest(v_taken) as t
    inner join noetl.command as c
      on
        c.execution_id = t.execution_id and c.command_id = t.command_id
        and c.status = 'queued'
    inner join noetl.catalog_step as s on s.catalog_id = c.catalog_id and s.step = c.step
  );
  delete from noetl.change as c
  using unnest(v_taken) as t
  where
    c.change_id = t.change_id
    and t.change_id not in (select r.change_id from unnest(v_ready) as r);
  return query
  select r.change_id, r.execution_id, r.command_id, r.issue, r.pool, r.kinds[1], r.worker
  from noetl_internal.choose_workers(v_ready) as r
  order by r.change_id;
end;
$function$;

comment on function noetl.take_publications(uuid, integer)
is 'Commands to be published, for the dispatcher that holds the duty.';
revoke all on function noetl.take_publications(uuid, integer) from public;
grant execute on function noetl.take_publications(uuid, integer) to noetl_worker;
