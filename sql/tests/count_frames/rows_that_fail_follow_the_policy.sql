-- A failed row is an item that failed, as in the other loops; its slot has claimed well and goes on.
begin;
select plan(8);
create function pg_temp.bad(p_good integer, p_bad integer) returns jsonb language sql as $$
  select jsonb_build_object('frame', jsonb_build_object('items',
    to_jsonb(array(select '{}'::jsonb from generate_series(1, p_good)))
    || to_jsonb(array(select '{"error": {"kind": "sql", "message": "boom"}}'::jsonb from generate_series(1, p_bad)))
  ))
$$;
create function pg_temp.outcome(p_spec jsonb, p_more jsonb, p_outcomes jsonb) returns text language plpgsql as $$
declare
  v_id bigint := noetl_test.start(
    jsonb_build_array(noetl_test.step('a', jsonb_build_object(
      'loop', noetl_test.cursor('{"max_in_flight": 2, "frame": {"max_rows": 5}}' || p_spec)) || p_more))
  );
  v_status text := noetl_test.work(v_id, p_outcomes, 1);
begin
  return v_status || (select row(l.status, l.total, l.done, l.failed, l.issued)::text from noetl.loop as l where l.execution_id = v_id)
    || coalesce((select p from noetl_test.problems(v_id) as p limit 1), '');
end;
$$;
select is(
  pg_temp.outcome('{"policy": "best_effort"}', '{}', jsonb_build_object('a[0]', pg_temp.bad(2, 1), 'a[2]', pg_temp.bad(1, 0))),
  'completed(partial,4,3,1,4)', 'best_effort: the slot goes on'
);
select is(
  pg_temp.outcome('{}', '{}', jsonb_build_object('a[0]', noetl_test.frame(2), 'a[1]', pg_temp.bad(1, 2))), 'failed(failed,5,3,2,3)',
  'fail_fast: nothing more is claimed'
);
select is(
  (select error ->> 'message' from noetl.run order by execution_id desc limit 1), '2 of 5 items failed; item 6: boom',
  'the error says which row and why'
);
select is(
  (select count(*) from noetl.event as e where e.event_type = 'command.cancelled'), 1::bigint, 'the other slot''s frame is cancelled'
);
select is(
  pg_temp.outcome(
    '{"policy": "best_effort"}', '{"spec": {"fanout": {"max_failures": 3}}}', jsonb_build_object('a', pg_temp.bad(0, 2))
  ),
  'failed(failed,4,0,4,3)', 'max_failures stops a loop that fails too often'
);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.cursor('{"max_in_flight": 3, "frame": {"max_rows": 5}}'))))
) as x \gset
select noetl_test.worker() as w \gset
create temp table held as select * from noetl_test.claim(:'w');
-- In one batch the first frame fails the loop; that of another slot has claimed.
select noetl.record_events(
  (select jsonb_agg(noetl_test.event(:'w', :x, command_id, '{}', null,
     case iter_index when 0 then pg_temp.bad(0, 1) else noetl_test.frame(4) end)) from held where iter_index < 2)
) \g /dev/null
select is(
  (select row(status, total, failed, issued, remaining_slots)::text from noetl.loop where execution_id = :x), '(failed,5,1,3,0)',
  'rows of the same batch are counted, and their slot ends too'
);
select is((select count(*) from noetl.command where execution_id = :x), 0::bigint, 'nothing is queued');
select is(
  noetl_test.report(:'w', :x, (select command_id from held where iter_index = 2), '{}', null, noetl_test.frame(1)) ->> 'late', '1',
  'a report that comes later changes nothing'
);

select * from finish();
rollback;
