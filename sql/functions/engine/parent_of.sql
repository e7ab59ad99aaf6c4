-- The run that starts a child, from the options of start_execution; null for a run without a
-- parent. Only the worker that holds the parent's command may name it.
-- Locks: the parent's command row, shared.
-- Raises: NE403 when the session does not hold the command, NE422 when children are nested too
-- deep.
create or replace function noetl_internal.parent_of(p_options jsonb)
returns noetl.run
language plpgsql volatile
as $function$
declare
  v_is_held boolean;
  v_parent noetl.run;
begin
  if p_options ->> 'parent_execution_id' is null then
    return null;
  end if;
  perform noetl_internal.require_session((p_options ->> 'session')::uuid);
  -- Again as long as there is such a row: a rebuild that was waited for has put a new one in the
  -- place of this one, and the next rebuild may be at that already.
  loop
    perform 1 from noetl.command as c
    where
      c.execution_id = (p_options ->> 'parent_execution_id')::bigint
      and c.command_id = p_options ->> 'parent_command_id'
      and c.session_id = (p_options ->> 'session')::uuid
    for key share;  -- who ends, pauses or resumes the parent waits, and then sees the child
    v_is_held := found;
    exit when v_is_held or not exists (
      select from noetl.command as c
      where
        c.execution_id = (p_options ->> 'parent_execution_id')::bigint
        and c.command_id = p_options ->> 'parent_command_id'
        and c.session_id = (p_options ->> 'session')::uuid
    );
  end loop;
  -- A new statement: it sees a pause that was waited for.
  select r.* into v_parent from noetl.run as r
  where r.execution_id = (p_options ->> 'parent_execution_id')::bigint;
  if not v_is_held then
    raise exception 'command % of execution % is not held by this session',
      p_options ->> 'parent_command_id', p_options ->> 'parent_execution_id'
    using errcode = 'NE403', hint = 'Drop the command: another attempt owns it.';
  elsif v_parent.depth >= noetl_internal.setting_integer('child_depth_max') then
    raise exception 'child playbooks are nested deeper than %',
      noetl_internal.setting_integer('child_depth_max')
    using errcode = 'NE422', hint = 'Look for a playbook that starts itself.';
  end if;
  return v_parent;
end;
$function$;

comment on function noetl_internal.parent_of(jsonb)
is 'The run that starts a child, from the options of start_execution.';
