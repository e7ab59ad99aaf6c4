-- Note why an execution could not be retired, so that it holds up no other one; a later failure
-- takes the place of an earlier one.
-- Locks: its row of noetl.retention_failure.
create or replace function noetl_internal.note_retention_failure(
  p_execution_id bigint,
  p_code text,
  p_message text
)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.retention_failure as f (execution_id, code, message, failed_at)
  values (p_execution_id, p_code, left(p_message, 2000), noetl_internal.clock_now())
  on conflict (execution_id) do update
  set code = excluded.code, message = excluded.message, failed_at = excluded.failed_at;
end;
$function$;

comment on function noetl_internal.note_retention_failure(bigint, text, text)
is 'Note why an execution could not be retired.';
