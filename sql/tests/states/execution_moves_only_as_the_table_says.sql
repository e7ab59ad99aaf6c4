-- docs/states.md: every pair of state and function; what is not in its table does nothing.
begin;
select plan(1);
create function pg_temp.move(p_from text, p_action text) returns text language plpgsql as $$
declare
  v_id bigint := noetl_test.start(jsonb_build_array(noetl_test.step('a')));
begin
  update noetl.run as r
  set
    status = p_from,
    error = case when p_from in ('failing', 'failed') then '{"message": "x"}'::jsonb end,
    finished_at = case when p_from in ('completed', 'failed', 'cancelled') then now() end
  where r.execution_id = v_id;
  if p_action = 'settle waiting' then
    update noetl.token set status = 'waiting_admission' where execution_id = v_id;
  end if;
  case p_action
    when 'cancel' then perform noetl.cancel_execution(v_id);
    when 'sweep' then perform noetl_internal.sweep_run(v_id);
    when 'fail' then perform noetl_internal.fail_run(v_id, '{"message": "x"}');
    when 'complete' then perform noetl_internal.complete_run(v_id);
    when 'finish' then
      delete from noetl.command where execution_id = v_id;  -- as its report does
      perform noetl_internal.finish_step(v_id, 1, 'call.done', '{"status": "ok"}', null, null);
      perform noetl_internal.advance_run(v_id);
    when 'parent ended' then perform noetl_internal.advance_change(v_id, true);
    when 'pause' then perform noetl.pause_execution(v_id);
    when 'resume' then perform noetl.resume_execution(v_id);
    when 'signal' then perform noetl.signal_execution(v_id, 's');
    when 'retry' then perform noetl.retry_execution(v_id);
    else perform noetl_internal.settle_run((select r from noetl.run as r where r.execution_id = v_id));
  end case;
  return (select r.status from noetl.run as r where r.execution_id = v_id);
end;
$$;
select set_eq(
  $$
    select f.state, a.name, pg_temp.move(f.state, a.name)
    from unnest('{running,waiting,failing,cancelling,completed,failed,cancelled}'::text[]) as f (state)
    cross join unnest('{cancel,sweep,fail,complete,finish,parent ended,settle active,settle waiting,pause,resume,signal,retry}'::text[]) as a (name)
    where pg_temp.move(f.state, a.name) <> f.state
  $$,
  $$
    values
      ('running', 'settle waiting', 'waiting'), ('waiting', 'settle active', 'running'),
      ('running', 'complete', 'completed'), ('waiting', 'complete', 'completed'),
      ('failed', 'retry', 'running'), ('cancelled', 'retry', 'running'),
      -- Its one step is at work, so the signal finds it not waiting.
      ('waiting', 'signal', 'running'),
      ('waiting', 'pause', 'running'),
      ('running', 'finish', 'completed'), ('waiting', 'finish', 'completed'),
      ('running', 'fail', 'failing'), ('waiting', 'fail', 'failing'),
      ('running', 'cancel', 'cancelled'), ('waiting', 'cancel', 'cancelled'),
      ('running', 'parent ended', 'cancelled'), ('waiting', 'parent ended', 'cancelled'),
      ('failing', 'parent ended', 'failed'), ('cancelling', 'parent ended', 'cancelled'),
      ('failing', 'sweep', 'failed'), ('cancelling', 'sweep', 'cancelled')
  $$,
  'only the moves of the table happen'
);

select * from public.finish();  -- states made by hand: no events tell of them
rollback;
