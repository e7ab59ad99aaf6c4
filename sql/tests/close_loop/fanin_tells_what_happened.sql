-- Conditions see fanin.status, .done, .failed, .total.
begin;
select plan(5);
create function pg_temp.outcome(p_fanout jsonb, p_when text) returns text language sql as $$
  select noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step(
        'a', jsonb_build_object('loop', noetl_test.loop(50), 'spec', jsonb_build_object('loop_mode', 'fanout', 'fanout', p_fanout),
          'next', jsonb_build_object('arcs', jsonb_build_array(jsonb_build_object('step', 'b', 'when', p_when))))
      ),
      noetl_test.step('b')
    ),
    '{"a[3]": {"error": {"message": "no"}}, "a[30]": {"error": {"message": "no"}}}'
  )
$$;
select is(
  pg_temp.outcome('{"allow_partial": true}', '{{ fanin.status == "partial" and fanin.done == 48 and fanin.failed == 2 and fanin.total == 50 }}'),
  'completed: a b', 'P3.2-3: partial'
);
select is(
  pg_temp.outcome('{}', '{{ event.name == "call.error" and fanin.status == "failed" and fanin.failed == 2 }}'), 'completed: a b', 'P3.2-3: failed'
);
select is(
  pg_temp.outcome('{"allow_partial": true}', '{{ event.name == "loop.fanin.completed" and a.failed == 2 }}'), 'completed: a b',
  'the older event name reads as well'
);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(4), 'spec', '{"loop_mode": "fanout"}'::jsonb)))) as x \gset
select noetl_test.work(:x);
select is(
  (select result -> 'context' from noetl.event where execution_id = :x and event_type = 'loop.fanin.completed') - array['results_ref', 'stats'],
  '{"status": "complete", "done": 4, "failed": 0, "total": 4}', 'the event''s result has the counts'
);
select throws_ok(
  format(
    $$ insert into noetl.event (execution_id, event_type, meta, created_at)
       select execution_id, event_type, meta, created_at from noetl.event where execution_id = %s and event_type = 'loop.fanin.completed' $$, :x
  ),
  '23505', null, 'P3.2-2: a second one is impossible'
);

select * from finish();
rollback;
