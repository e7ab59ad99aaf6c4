-- Issue the one command of a step that is no loop (or that collects the items of one).
-- Locks: the caller holds the run row, which gives the place in line.
create or replace function noetl_internal.issue_step(
  p_execution_id bigint,
  p_token noetl.token,
  p_definition jsonb,
  p_task text,
  p_input jsonb
)
returns void
language plpgsql volatile
as $function$
declare
  v_run noetl.run;
begin
  update noetl.run as r
  set next_place = greatest(r.next_place, noetl_internal.served_place()) + 1
  where r.execution_id = p_execution_id
  returning r.* into v_run;
  perform noetl_internal.issue_batch(
    array[
      row(
        p_execution_id,
        noetl_internal.command_id_of(
          p_execution_id, p_token.token_id, p_task, null, null, p_token.issue
        ),
        v_run.catalog_id, p_token.token_id, p_token.step, p_task, null, null, p_token.issue, 1, 1,
        coalesce((p_definition ->> 'max_attempts')::smallint, 3::smallint), null,
        coalesce(p_definition ->> 'pool', v_run.pool), v_run.priority, v_run.next_place,
        v_run.context_version, null, p_input
      )::noetl_internal.draft
    ]
  );
end;
$function$;

comment on function noetl_internal.issue_step(bigint, noetl.token, jsonb, text, jsonb)
is 'Issue the one command of a step that is no loop.';
