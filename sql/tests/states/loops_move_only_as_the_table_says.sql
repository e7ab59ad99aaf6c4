-- docs/states.md: every pair of state and function; what is not in its table does nothing.
begin;
select plan(3);
create function pg_temp.move(p_from text, p_action text) returns text language plpgsql as $$
declare
  v_id bigint := noetl_test.start(
    jsonb_build_array(
      noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(4, '{"mode": "parallel", "max_in_flight": 2}')))
    )
  );
  v_loop bigint := (select l.loop_id from noetl.loop as l where l.execution_id = v_id);
begin
  update noetl.loop as l
  set
    status = p_from, issued = case when p_from = 'draining' then 4 else l.issued end,
    cancelled = case when p_from = 'draining' then 2 else 0 end,
    finished_at = case when p_from in ('complete', 'partial', 'failed', 'cancelled') then now() end
  where l.loop_id = v_loop;
  case p_action
    when 'count one' then perform noetl_internal.count_loop(v_id, v_loop, 1, 0, 0, 0);
    when 'count and refill' then perform noetl_internal.count_loop(v_id, v_loop, 1, 0, 1, 0);
    when 'drain' then perform noetl_internal.drain_loop(v_id, v_loop);
    when 'close open' then perform noetl.claim_loop_done(v_id, v_loop);
    when 'close done' then
      update noetl.loop as l set issued = 4, done = 4 - l.cancelled where l.loop_id = v_loop;
      perform noetl.claim_loop_done(v_id, v_loop);
    when 'expand' then perform noetl.expand_loops();
    else perform noetl.cancel_execution(v_id);
  end case;
  return (select l.status from noetl.loop as l where l.loop_id = v_loop);
end;
$$;
create temp table moved as
select f.state as was, a.name, pg_temp.move(f.state, a.name) as became
from unnest('{expanding,running,draining,complete,partial,failed,cancelled}'::text[]) as f (state)
cross join unnest('{count one,count and refill,drain,close open,close done,expand,cancel}'::text[]) as a (name);
select set_eq(
  'select * from moved where was <> became',
  $$
    values
      ('expanding', 'count and refill', 'running'), ('expanding', 'expand', 'running'),
      ('running', 'count one', 'expanding'),
      ('expanding', 'drain', 'draining'), ('running', 'drain', 'draining'),
      ('expanding', 'close done', 'complete'), ('running', 'close done', 'complete'),
      ('draining', 'close done', 'failed'),
      ('expanding', 'cancel', 'cancelled'), ('running', 'cancel', 'cancelled'), ('draining', 'cancel', 'cancelled')
  $$,
  'only the moves of the table happen'
);

-- The slots of a cursor: the same walk, one frame reported as each outcome.
create function pg_temp.turn(p_from text, p_action text, out became text, out slots integer)
language plpgsql as $$
declare
  v_id bigint := noetl_test.start(
    jsonb_build_array(
      noetl_test.step('a', jsonb_build_object('loop', noetl_test.cursor('{"max_in_flight": 2, "policy": "best_effort"}')))
    )
  );
  v_loop bigint := (select l.loop_id from noetl.loop as l where l.execution_id = v_id);
  v_session uuid := noetl_test.worker();
  v_command text := (select min(c.command_id) from noetl_test.claim(v_session, 1000) as c where c.execution_id = v_id);
begin
  if p_from in ('complete', 'partial', 'failed', 'cancelled') then
    delete from noetl.command as c where c.execution_id = v_id;
  end if;
  update noetl.loop as l
  set
    status = p_from,
    remaining_slots = case when p_from in ('running', 'draining') then 2 else 0 end,
    finished_at = case when p_from not in ('running', 'draining') then now() end
  where l.loop_id = v_loop;
  case p_action
    when 'rows' then perform noetl_test.report(v_session, v_id, v_command, '{}', null, noetl_test.frame(1));
    when 'failed rows' then
      perform noetl_test.report(v_session, v_id, v_command, '{}', null, '{"frame": {"items": [{"error": {}}]}}');
    when 'nothing' then perform noetl_test.report(v_session, v_id, v_command, '{}', null, noetl_test.frame(0));
    when 'failure' then perform noetl_test.report(v_session, v_id, v_command, '{}', '{"kind": "sql"}');
    when 'release' then perform noetl.release_commands(v_session, array[v_command]);
    when 'drain' then perform noetl_internal.drain_loop(v_id, v_loop);
    when 'close open' then perform noetl.claim_loop_done(v_id, v_loop);
    when 'close ended' then
      update noetl.loop as l set remaining_slots = 0 where l.loop_id = v_loop;
      perform noetl.claim_loop_done(v_id, v_loop);
    when 'expand' then perform noetl.expand_loops();
    else perform noetl.cancel_execution(v_id);
  end case;
  select l.status, l.remaining_slots into became, slots from noetl.loop as l where l.loop_id = v_loop;
end;
$$;
create temp table turned as
select f.state as was, a.name, t.became, t.slots
from unnest('{running,draining,complete,partial,failed,cancelled}'::text[]) as f (state)
cross join unnest('{rows,failed rows,nothing,failure,release,drain,close open,close ended,expand,cancel}'::text[]) as a (name)
cross join lateral pg_temp.turn(f.state, a.name) as t;
select set_eq(
  'select was, name, became from turned where was <> became',
  $$
    values
      ('running', 'drain', 'draining'), ('running', 'close ended', 'complete'), ('draining', 'close ended', 'complete'),
      ('running', 'cancel', 'cancelled'), ('draining', 'cancel', 'cancelled')
  $$,
  'only the moves of the table happen to a cursor'
);
select set_eq(
  $$ select was, name, slots from turned where slots <> case when was in ('running', 'draining') then 2 else 0 end $$,
  $$
    values
      ('running', 'nothing', 1), ('running', 'failure', 1), ('running', 'drain', 0), ('running', 'close ended', 0),
      ('running', 'cancel', 0),
      ('draining', 'rows', 1), ('draining', 'failed rows', 1), ('draining', 'nothing', 1), ('draining', 'failure', 1),
      ('draining', 'close ended', 0), ('draining', 'cancel', 0)
  $$,
  'and its slots end as the table says'
);

select * from public.finish();  -- states made by hand: no events tell of them
rollback;
