-- Begin a loop whose items a worker has collected and counted, or found as the rows of a stored
-- result (p_collection_ref). A spec that cannot be evaluated, or a count that is missing, ends the
-- step with call.error.
-- Locks: the run row.
create or replace function noetl_internal.begin_collected(
  p_command noetl_internal.draft,
  p_size integer,
  p_collection_ref text
)
returns void
language plpgsql volatile
as $function$
declare
  v_message text := 'the worker did not say how many items it collected';
  v_code text := 'NE422';
begin
  perform 1 from noetl.run as r
  where r.execution_id = p_command.execution_id and r.status in ('running', 'waiting')
  for no key update;
  if not found then
    return;
  end if;
  begin
    if p_size >= 0 then
      perform noetl_internal.begin_loop(
        p_command.execution_id, p_command.token_id, (p_command.input ->> 'loop_id')::bigint, p_size,
        p_collection_ref
      );
      return;
    end if;
  exception
    when sqlstate 'NE461' or sqlstate 'NE462' or sqlstate 'NE463' or sqlstate 'NE464' then
      get stacked diagnostics v_message = message_text, v_code = returned_sqlstate;
  end;
  perform noetl_internal.finish_call(
    p_command.execution_id, p_command.catalog_id, p_command.token_id, p_command.step, false,
    '{"status": "error"}',
    jsonb_build_object('kind', 'template', 'code', v_code, 'message', v_message), null
  );
end;
$function$;

comment on function noetl_internal.begin_collected(noetl_internal.draft, integer, text)
is 'Begin a loop whose items a worker has collected and counted.';
revoke all on function noetl_internal.begin_collected(noetl_internal.draft, integer, text)
from public;
