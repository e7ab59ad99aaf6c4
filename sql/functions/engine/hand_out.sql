-- The commands of a claim: those that the request has leased already, or else up to p_limit queued
-- ones, leased now. The same request id gives the same rows again.
-- Locks: command rows, skipping locked ones; never waits.
create or replace function noetl_internal.hand_out(
  p_session noetl.runtime,
  p_request_id uuid,
  p_limit integer,
  p_marks jsonb,
  p_room jsonb
)
returns table (
  execution_id bigint,
  command_id text,
  catalog_id bigint,
  step text,
  task text,
  loop_id bigint,
  iter_index integer,
  collection_ref text,
  item jsonb,
  input jsonb,
  issue integer,
  attempt integer,
  context_version bigint,
  total integer,
  priority smallint,
  place bigint
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_limit integer := least(greatest(p_limit, 0), 1000);
  v_picked tid [];
  v_place bigint;
begin
  if not exists (
    select from noetl.command as c
    where
      c.session_id = p_session.session_id and c.request_id = p_request_id and c.status = 'leased'
  ) then
    v_picked := case
      when p_room is null
        then noetl_internal.pick_first(p_session, v_limit, p_marks, noetl_internal.claim_floor())
      else
        noetl_internal.pick_fitting(
          p_session, v_limit, p_marks, noetl_internal.claim_floor(), p_room
        )
    end;
    v_place := noetl_internal.lease_commands(p_session, p_request_id, v_picked);
    if v_place > noetl_internal.served_place() then
      perform setval('noetl.virtual_clock', v_place);
    end if;
  end if;
  return query
  select
    c.execution_id, c.command_id, c.catalog_id, c.step, c.task::text, c.loop_id, c.iter_index,
    case
      when c.loop_id is not null and c.item is null
        then noetl_internal.loop_uri(c.execution_id, c.loop_id)
    end,
    c.item, c.input, c.issue, (c.infra_attempt + c.shard_attempt - 1)::integer,
    c.context_version, c.total, c.priority::smallint, c.place
  from noetl.command as c
  where
    c.session_id = p_session.session_id and c.request_id = p_request_id and c.status = 'leased'
  order by c.priority desc, c.place;
end;
$function$;

comment on function noetl_internal.hand_out(noetl.runtime, uuid, integer, jsonb, jsonb)
is 'The commands of a claim, leased to the session.';
