-- The meta of a command.issued event: what identifies the command, and where it belongs.
-- Stable, not immutable, so that it is inlined: jsonb_build_object is no more than stable.
create or replace function noetl_internal.command_meta(p_draft noetl_internal.draft)
returns jsonb
language sql stable parallel safe
as $function$
  select
    case
      when p_draft.loop_id is null
        then jsonb_build_object(
          'command_id', p_draft.command_id, 'token_id', p_draft.token_id,
          'task', p_draft.task, 'attempt', p_draft.infra_attempt
        )
      when p_draft.task = 'frame'
        then jsonb_build_object(
          'command_id', p_draft.command_id, 'loop_id', p_draft.loop_id, 'task', p_draft.task,
          'iter_index', p_draft.iter_index, 'attempt', p_draft.infra_attempt,
          'frame', p_draft.item
        )
      else
        jsonb_build_object(
          'command_id', p_draft.command_id, 'loop_id', p_draft.loop_id,
          'shard_id', p_draft.iter_index, 'iter_index', p_draft.iter_index,
          'shard_attempt', p_draft.shard_attempt, 'attempt', p_draft.infra_attempt
        )
    end
$function$;

comment on function noetl_internal.command_meta(noetl_internal.draft)
is 'The meta of a command.issued event.';
