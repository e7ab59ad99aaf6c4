-- docs/states.md: every pair of state and function; what is not in its table does nothing.
begin;
select plan(1);
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

select * from public.finish();  -- states made by hand: no events tell of them
rollback;
