-- Take leased commands of one run back from sessions and issue them again; those without attempts
-- left fail. p_counts says whether this used up an attempt (a lost worker) or not (handed back).
-- Returns how many.
-- Locks: command rows, skipping locked ones, which are being reported; then as apply_outcomes.
create or replace function noetl_internal.requeue_commands(
  p_execution_id bigint,
  p_command_ids text [],
  p_session_ids uuid [],
  p_reason text,
  p_counts boolean
)
returns integer
language plpgsql volatile
as $function$
declare
  v_taken noetl_internal.draft [];
  v_lost noetl_internal.outcome [];
  v_again noetl_internal.draft [];
begin
  with held as (
    select c.command_id from noetl.command as c
    where
      c.execution_id = p_execution_id
      and c.command_id = any(p_command_ids)
      and c.session_id = any(p_session_ids)
    order by c.command_id
    for update skip locked
  ),
  taken as (
    delete from noetl.command as c
    using held as h
    where c.execution_id = p_execution_id and c.command_id = h.command_id
    returning c.*
  )
  select array_agg(noetl_internal.draft_of(t) order by t.command_id) into v_taken
  from taken as t;

  select
    array_agg(t) filter (where not p_counts or t.infra_attempt < t.max_attempts),
    array_agg(
      row(
        0, t.execution_id, t.command_id, t.catalog_id, t.token_id, t.step, t.task, t.loop_id,
        t.iter_index, t.issue, t.infra_attempt, t.shard_attempt, t.max_attempts, t.total, t.pool,
        t.priority, t.place, t.context_version, t.item, t.input, false,
        '{"status": "error"}'::jsonb,
        jsonb_build_object(
          'kind', 'worker_lost', 'retryable', false,
          'message', format('%s; all %s attempts are used up', p_reason, t.max_attempts)
        ),
        null, null, null, '{}'::jsonb, null
      )::noetl_internal.outcome
    ) filter (where p_counts and t.infra_attempt >= t.max_attempts)
  into v_again, v_lost
  from unnest(v_taken) as t;

  if v_again is not null then
    perform noetl_internal.log_cancelled(v_again, p_reason);
    perform noetl_internal.issue_again(v_again, p_counts::integer, 0);
  end if;
  if v_lost is not null then
    perform noetl_internal.apply_outcomes(p_execution_id, v_lost);
  end if;
  return coalesce(cardinality(v_taken), 0);
end;
$function$;

comment on function noetl_internal.requeue_commands(bigint, text [], uuid [], text, boolean)
is 'Take leased commands of a run back from sessions and issue them again.';
