-- Issue the one command of a step that is no loop (or that collects the items of one); true when it
-- was new. Its place in line is its token's, or, when claims are past that one already, the run's
-- next.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.issue_step(
  p_run noetl.run,
  p_token noetl.token,
  p_definition jsonb,
  p_task text,
  p_input jsonb
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_place bigint := p_token.place;
begin
  if v_place < noetl_internal.served_place() then
    update noetl.run as r
    set
      next_place =
      noetl_internal.last_place(r.execution_id, r.next_place, p_token.token_id) + 1
    where r.execution_id = p_run.execution_id
    returning r.next_place into v_place;
  end if;
  return '{}' <> noetl_internal.issue_batch(
    array[
      row(
        p_run.execution_id,
        noetl_internal.command_id_of(
          p_run.execution_id, p_token.token_id, p_task, null, null, p_token.issue
        ),
        p_run.catalog_id, p_token.token_id, p_token.step, p_task, null, null, p_token.issue, 1, 1,
        coalesce((p_definition ->> 'max_attempts')::smallint, 3::smallint), null,
        coalesce(p_definition ->> 'pool', p_run.pool), p_run.priority, v_place,
        p_run.context_version, null, p_input
      )::noetl_internal.draft
    ]
  );
end;
$function$;

comment on function noetl_internal.issue_step(noetl.run, noetl.token, jsonb, text, jsonb)
is 'Issue the one command of a step that is no loop.';
