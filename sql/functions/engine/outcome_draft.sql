-- The command of an outcome as a draft, to issue it again or to end what it stood for.
create or replace function noetl_internal.outcome_draft(p_outcome noetl_internal.outcome)
returns noetl_internal.draft
language sql immutable parallel safe
as $function$
  select
    row(
      p_outcome.execution_id, p_outcome.command_id, p_outcome.catalog_id, p_outcome.token_id,
      p_outcome.step, p_outcome.task, p_outcome.loop_id, p_outcome.iter_index, p_outcome.issue,
      p_outcome.infra_attempt, p_outcome.shard_attempt, p_outcome.max_attempts, p_outcome.total,
      p_outcome.pool, p_outcome.priority, p_outcome.place, p_outcome.context_version,
      p_outcome.item, p_outcome.input
    )::noetl_internal.draft
$function$;

comment on function noetl_internal.outcome_draft(noetl_internal.outcome)
is 'The command of an outcome as a draft.';
