-- Issue commands again under the next issue number of their item, at the front of the line; a
-- repeat issues nothing. p_infra and p_shard say which budget the new attempt is taken from; both
-- draw from the one issue number.
create or replace function noetl_internal.issue_again(
  p_commands noetl_internal.draft [],
  p_infra integer,
  p_shard integer
)
returns void
language plpgsql volatile
as $function$
begin
  perform noetl_internal.issue_batch(
    array_agg(
      row(
        c.execution_id,
        noetl_internal.command_id_of(
          c.execution_id, c.token_id, c.task, c.loop_id, c.iter_index, c.issue + 1
        ),
        c.catalog_id, c.token_id, c.step, c.task, c.loop_id, c.iter_index, c.issue + 1,
        c.infra_attempt + p_infra, c.shard_attempt + p_shard, c.max_attempts, c.total, c.pool,
        c.priority, noetl_internal.served_place(), c.context_version, c.item, c.input
      )::noetl_internal.draft
    )
  )
  from unnest(p_commands) as c;
end;
$function$;

comment on function noetl_internal.issue_again(noetl_internal.draft [], integer, integer)
is 'Issue commands again under the next issue number of their item.';
