-- Make the tokens of a live run from its events. What waits is ready here: routing it again parks
-- it again.
create or replace function noetl_internal.rebuild_tokens(p_run noetl.run)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.token (
    execution_id, token_id, step, status, split_ids, split_steps, input
  )
  with gone as (
    select (e.meta ->> 'token_id')::integer as token_id
    from noetl.event as e
    where e.execution_id = p_run.execution_id and e.event_type = 'step.exit'
    union all
    select j.token_id::integer
    from noetl.event as e
    cross join lateral jsonb_array_elements_text(e.meta -> 'joined') as j (token_id)
    where e.execution_id = p_run.execution_id and e.event_type = 'step.enter'
  ),
  entered as (
    select (e.meta ->> 'token_id')::integer as token_id
    from noetl.event as e
    where
      e.execution_id = p_run.execution_id and e.event_type = 'step.enter' and e.status = 'entered'
  )
  select
    p_run.execution_id, t.token_id, t.token ->> 'step',
    case when exists (select from entered as e where e.token_id = t.token_id) then 'active'
    else 'ready' end,
    array(select jsonb_array_elements_text(t.token -> 'split_ids')::integer),
    array(select jsonb_array_elements_text(t.token -> 'split_steps')),
    t.token -> 'input'
  from noetl_internal.told_tokens(p_run.execution_id) as t
  where
    p_run.finished_at is null
    and not exists (select from gone as g where g.token_id = t.token_id);
end;
$function$;

comment on function noetl_internal.rebuild_tokens(noetl.run)
is 'Make the tokens of a live run from its events.';
