-- docs/states.md: every pair of state and function; what is not in its table does nothing.
begin;
select plan(1);
create function pg_temp.move(p_from text, p_action text) returns text language plpgsql as $$
declare
  v_id bigint := noetl_test.start(jsonb_build_array(noetl_test.step('a')));
  v_run noetl.run;
begin
  update noetl.token set status = p_from where execution_id = v_id;
  select * into v_run from noetl.run as r where r.execution_id = v_id;
  case p_action
    when 'write ctx' then perform noetl_internal.write_ctx(v_id, '{"n": 1}');
    when 'advance' then
      perform noetl_internal.advance_run(v_id);
    when 'finish' then perform noetl_internal.finish_step(v_id, 1, 'call.done', '{"status": "ok"}', null, null);
    else perform noetl.cancel_execution(v_id);
  end case;
  return coalesce((select t.status from noetl.token as t where t.execution_id = v_id), '-');
end;
$$;
create temp table moved as
select f.state as was, a.name, pg_temp.move(f.state, a.name) as became
from unnest('{ready,active,waiting_join,waiting_admission}'::text[]) as f (state)
cross join unnest('{write ctx,advance,finish,cancel}'::text[]) as a (name)
-- A token that waits at a join without coming from a split cannot be: fire_joins/ has the real ones.
where (f.state, a.name) <> ('waiting_join', 'advance');
select set_eq(
  'select * from moved where was <> became',
  $$
    values
      ('waiting_admission', 'write ctx', 'ready'), ('ready', 'advance', 'active'),
      ('ready', 'cancel', '-'), ('active', 'cancel', '-'), ('waiting_join', 'cancel', '-'), ('waiting_admission', 'cancel', '-'),
      ('ready', 'finish', '-'), ('active', 'finish', '-')
  $$,
  'only the moves of the table happen'
);

select * from public.finish();  -- states made by hand: no events tell of them
rollback;
