-- End what a command without a loop stood for: its step, the collecting of a loop's items, or the
-- gathering of its results.
-- Locks: the run row.
create or replace function noetl_internal.end_plain_command(p_outcome noetl_internal.outcome)
returns void
language plpgsql volatile
as $function$
begin
  if p_outcome.task = 'collect' and p_outcome.is_ok then
    perform noetl_internal.begin_collected(
      noetl_internal.outcome_draft(p_outcome), p_outcome.collection_size,
      p_outcome.result #>> '{reference,ref}'
    );
  elsif p_outcome.task = 'gather' then
    perform noetl_internal.leave_gathered(
      p_outcome.execution_id, p_outcome.token_id, (p_outcome.input ->> 'loop_id')::bigint,
      p_outcome.result, p_outcome.error
    );
  else
    perform noetl_internal.finish_step(
      p_outcome.execution_id, p_outcome.token_id,
      case when p_outcome.is_ok then 'call.done' else 'call.error' end,
      p_outcome.result, p_outcome.error, p_outcome.ctx
    );
  end if;
end;
$function$;

comment on function noetl_internal.end_plain_command(noetl_internal.outcome)
is 'End what a command without a loop stood for.';
