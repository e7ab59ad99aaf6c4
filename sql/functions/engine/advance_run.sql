-- Move a run on until every token waits for somebody: route what is ready, then settle what is
-- left. Bounded by the setting advance_hops_max per transaction; the rest goes through the outbox.
-- A paused run stays where it is. The caller marks the run as changed, or projects it.
-- Locks: the run row.
create or replace function noetl_internal.advance_run(p_execution_id bigint)
returns void
language plpgsql volatile
as $function$
declare
  v_run noetl.run;
  v_token noetl.token;
  v_is_at_work boolean;
  v_hops integer := 0;
begin
  select * into v_run from noetl.run as r
  where
    r.execution_id = p_execution_id and r.status in ('running', 'waiting') and not r.is_paused
  for no key update;
  while found loop
    select * into v_token from noetl.token as t
    where t.execution_id = p_execution_id and t.status = 'ready'
    order by t.token_id
    limit 1;
    if not found then
      exit when not noetl_internal.settle_run(v_run);
    -- Most reports route one token: they need not read the setting.
    elsif v_hops > 0 and v_hops >= noetl_internal.setting_integer('advance_hops_max') then
      perform noetl_internal.mark_change('advance', p_execution_id);
      exit;
    else
      v_hops := v_hops + 1;
      v_is_at_work := noetl_internal.route_token(v_run, v_token);
      -- Nothing is to be settled while all that a running run has is with a worker. Asked apart
      -- from the call: docs/decisions/pinned-plans.md.
      exit when v_is_at_work and v_run.status = 'running' and not exists (
        select from noetl.token as t
        where t.execution_id = p_execution_id and t.token_id <> v_token.token_id
      );
    end if;
    -- Read anew: the step that was routed last may have failed the run, or ended it.
    select * into v_run from noetl.run as r
    where r.execution_id = p_execution_id and r.status in ('running', 'waiting');
  end loop;
end;
$function$;

comment on function noetl_internal.advance_run(bigint)
is 'Move a run on until every token waits for somebody.';
