-- Let a worker read what belongs to a run of which it holds a command, or to a child of such a run.
-- Raises: NE401, NE410, NE403.
create or replace function noetl_internal.require_kin(
  p_session_id uuid,
  p_execution_id bigint
)
returns void
language plpgsql stable
as $function$
declare
  v_parent bigint;
begin
  perform noetl_internal.require_session(p_session_id);
  select r.parent_execution_id into v_parent
  from noetl.run as r where r.execution_id = p_execution_id;
  if v_parent is null or not exists (
    select from noetl.command as c
    where c.session_id = p_session_id and c.status = 'leased' and c.execution_id = v_parent
  ) then
    perform noetl_internal.require_run(p_session_id, p_execution_id);
  end if;
end;
$function$;

comment on function noetl_internal.require_kin(uuid, bigint)
is 'Let a worker read what belongs to its run, or to a child of its run.';
