-- docs/states.md: every pair of state and function; what is not in its table does nothing.
begin;
select plan(1);
select noetl_test.grant_alone() \g /dev/null
create function pg_temp.move(p_from text, p_action text) returns text language plpgsql as $$
declare
  v_id bigint := noetl_test.start(jsonb_build_array(noetl_test.step('a')));
  v_run noetl.run;
begin
  update noetl.token
  set
    status = p_from, signal = case p_from when 'waiting_signal' then 's' end,
    wake_at = case p_from when 'waiting_time' then now() - interval '1 s' end,
    slot_key = case p_from when 'waiting_slot' then v_id::text end,
    input = case p_from when 'waiting_turn' then '{"_partial": {"token_id": 7, "max_in_flight": 1}}'::jsonb end
  where execution_id = v_id;
  insert into noetl.slot (execution_id, token_id, key, key_limit, priority, is_held)
  select v_id, 1, v_id::text, 1, 5, false where p_from = 'waiting_slot';
  select * into v_run from noetl.run as r where r.execution_id = v_id;
  case p_action
    when 'write ctx' then perform noetl_internal.write_ctx(v_id, '{"n": 1}');
    when 'advance' then
      perform noetl_internal.advance_run(v_id);
    when 'wake' then
      perform noetl.wake_runs();
      perform noetl_internal.end_due_waits(v_id);
    when 'signal' then perform noetl.signal_execution(v_id, 's');
    when 'other signal' then perform noetl.signal_execution(v_id, 'other');
    when 'grant' then
      perform noetl_internal.grant_slots();
      perform noetl_internal.enter_granted(v_id);
    when 'turn' then perform noetl_internal.open_turns(t) from noetl.token as t where t.execution_id = v_id;
    when 'finish' then perform noetl_internal.finish_step(v_id, 1, 'call.done', '{"status": "ok"}', null, null);
    else perform noetl.cancel_execution(v_id);
  end case;
  return coalesce((select t.status from noetl.token as t where t.execution_id = v_id), '-');
end;
$$;
create temp table moved as
select f.state as was, a.name, pg_temp.move(f.state, a.name) as became
from unnest('{ready,active,waiting_join,waiting_admission,waiting_time,waiting_signal,waiting_slot,waiting_turn}'::text[]) as f (state)
cross join unnest('{write ctx,advance,finish,wake,signal,other signal,grant,turn,cancel}'::text[]) as a (name)
-- A token that waits at a join without coming from a split cannot be: fire_joins/ has the real ones.
where f.state <> 'waiting_join' or a.name not in ('advance', 'signal', 'other signal');
select set_eq(
  'select * from moved where was <> became',
  $$
    values
      ('waiting_admission', 'write ctx', 'ready'), ('ready', 'advance', 'active'),
      ('ready', 'cancel', '-'), ('active', 'cancel', '-'), ('waiting_join', 'cancel', '-'), ('waiting_admission', 'cancel', '-'),
      ('ready', 'finish', '-'), ('active', 'finish', '-'),
      ('waiting_time', 'finish', '-'), ('waiting_signal', 'finish', '-'),
      ('waiting_time', 'cancel', '-'), ('waiting_signal', 'cancel', '-'), ('waiting_slot', 'cancel', '-'),
      ('waiting_turn', 'turn', 'ready'), ('waiting_turn', 'cancel', '-'),
      ('waiting_time', 'wake', '-'), ('waiting_signal', 'signal', '-'), ('waiting_slot', 'grant', 'ready'),
      -- A signal also looks at admission again, and routes what is ready.
      ('waiting_admission', 'signal', 'active'), ('waiting_admission', 'other signal', 'active'),
      ('ready', 'signal', 'active'), ('ready', 'other signal', 'active')
  $$,
  'only the moves of the table happen'
);

select * from public.finish();  -- states made by hand: no events tell of them
rollback;
