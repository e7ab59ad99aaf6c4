-- Put a token on the playbook's final step, unless it has none or has run it; true if it did.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.enter_final_step(p_run noetl.run)
returns boolean
language plpgsql volatile
as $function$
declare
  v_final_step text;
  v_token jsonb;
begin
  update noetl.run as r
  set is_final_step_done = true
  from noetl.catalog as c
  where
    r.execution_id = p_run.execution_id
    and r.status in ('running', 'waiting')
    and not r.is_final_step_done
    and c.catalog_id = r.catalog_id
    and c.compiled ->> 'final_step' is not null
    and not exists (
      select from noetl.variable as v
      where
        v.execution_id = p_run.execution_id and v.scope = 'step'
        and v.name = c.compiled ->> 'final_step'
    )
  returning c.compiled ->> 'final_step' into v_final_step;
  if not found then
    return false;
  end if;
  v_token := noetl_internal.add_token(p_run.execution_id, v_final_step, '{}', '{}', null, false);
  perform noetl_internal.append_event(
    p_run.execution_id, p_run.catalog_id, 'step.enter', v_final_step, 'final',
    jsonb_build_object('tokens', jsonb_build_array(v_token))
  );
  return true;
end;
$function$;

comment on function noetl_internal.enter_final_step(noetl.run)
is 'Put a token on the playbook''s final step, once.';
