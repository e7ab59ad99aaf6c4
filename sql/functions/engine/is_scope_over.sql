-- Whether what a result's scope says has ended: its command (step), its run, or the run's root
-- (workflow).
create or replace function noetl_internal.is_scope_over(p_result noetl.result_ref)
returns boolean
language plpgsql stable
as $function$
declare
  v_run noetl.run;
begin
  if p_result.scope = 'step' then
    return not exists (
      select from noetl.command as c
      where
        c.execution_id = p_result.execution_id and c.command_id = p_result.command_id
    );
  elsif p_result.scope = 'permanent' then
    return false;
  end if;
  select * into v_run from noetl.run as r where r.execution_id = p_result.execution_id;
  while p_result.scope = 'workflow' and v_run.parent_execution_id is not null loop
    select * into v_run from noetl.run as r where r.execution_id = v_run.parent_execution_id;
  end loop;
  return v_run.status is null or v_run.status in ('completed', 'failed', 'cancelled');
end;
$function$;

comment on function noetl_internal.is_scope_over(noetl.result_ref)
is 'Whether what a result''s scope says has ended.';
