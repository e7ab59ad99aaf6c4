-- A queue row as a draft: what is needed to account for it, or to issue it again.
create or replace function noetl_internal.draft_of(p_command noetl.command)
returns noetl_internal.draft
language sql immutable parallel safe
as $function$
  select
    row(
      p_command.execution_id, p_command.command_id, p_command.catalog_id, p_command.token_id,
      p_command.step, p_command.task, p_command.loop_id, p_command.iter_index, p_command.issue,
      p_command.infra_attempt, p_command.shard_attempt, p_command.max_attempts, p_command.total,
      p_command.pool, p_command.priority, p_command.place, p_command.context_version,
      p_command.item, p_command.input
    )::noetl_internal.draft
$function$;

comment on function noetl_internal.draft_of(noetl.command) is 'A queue row as a draft.';
