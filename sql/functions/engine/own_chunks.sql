-- The chunks among the reports of one run whose commands their sessions hold, in order. Locks all
-- commands of the batch, those that it finishes too, because they are finished after this.
-- Locks: command rows, ascending.
create or replace function noetl_internal.own_chunks(
  p_execution_id bigint,
  p_reports noetl_internal.report []
)
returns noetl_internal.outcome []
language plpgsql volatile
as $function$
begin
  perform 1 from noetl.command as c
  where
    c.execution_id = p_execution_id
    and c.command_id in (
      select r.command_id from unnest(p_reports) as r where r.event_type <> 'command.heartbeat'
    )
  order by c.command_id
  for update;
  return (
    select
      coalesce(array_agg(
        row(
          r.position, c.execution_id, c.command_id, c.catalog_id, c.token_id, c.step, c.task,
          c.loop_id, c.iter_index, c.issue, c.infra_attempt, c.shard_attempt, c.max_attempts,
          c.total, c.pool, c.priority, c.place, c.context_version, null, null, true, r.result,
          null, null, null, null, r.meta, null
        )::noetl_internal.outcome
        order by c.command_id, (r.meta ->> 'chunk_index')::integer
      ), '{}')
    from unnest(p_reports) as r
    inner join noetl.command as c
      on
        c.execution_id = p_execution_id
        and c.command_id = r.command_id
        and c.session_id = r.session_id  -- so it is leased: command_leased_iff_owned
    where r.event_type = 'call.partial'
  );
end;
$function$;

comment on function noetl_internal.own_chunks(bigint, noetl_internal.report [])
is 'The chunks among the reports of one run whose commands their sessions hold.';
