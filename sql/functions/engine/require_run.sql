-- A run of which the session holds a command: what lets a worker read the run's data.
-- Raises: NE401, NE410, NE403 when it holds none.
create or replace function noetl_internal.require_run(
  p_session_id uuid,
  p_execution_id bigint
)
returns noetl.run
language plpgsql stable
as $function$
declare
  v_run noetl.run;
begin
  perform noetl_internal.require_session(p_session_id);
  if not exists (
    select from noetl.command as c
    where c.session_id = p_session_id and c.status = 'leased' and c.execution_id = p_execution_id
  ) then
    raise exception 'this session holds no command of execution %', p_execution_id using
      errcode = 'NE403', hint = 'Drop the command: it was cancelled, or another attempt owns it.';
  end if;
  select * into v_run from noetl.run as r where r.execution_id = p_execution_id;
  return v_run;
end;
$function$;

comment on function noetl_internal.require_run(uuid, bigint)
is 'A run of which the session holds a command.';
