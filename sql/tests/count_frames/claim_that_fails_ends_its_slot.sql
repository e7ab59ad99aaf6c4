-- A statement that fails fails again: no slot may repeat it for ever.
begin;
select plan(7);
create function pg_temp.outcome(p_spec jsonb, p_outcomes jsonb) returns text language plpgsql as $$
declare
  v_id bigint := noetl_test.start(
    jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.cursor('{"max_in_flight": 2}' || p_spec))))
  );
  v_status text := noetl_test.work(v_id, p_outcomes, 1);
begin
  return v_status || (select row(l.status, l.total, l.done, l.failed, l.issued)::text from noetl.loop as l where l.execution_id = v_id)
    || coalesce((select p from noetl_test.problems(v_id) as p limit 1), '');
end;
$$;
select is(
  pg_temp.outcome('{"policy": "best_effort"}', '{"a": {"error": {"message": "no table"}}}'), 'completed(partial,2,0,2,2)',
  'each slot fails once, and ends'
);
select is(
  pg_temp.outcome(
    '{"policy": "best_effort"}',
    jsonb_build_object('a[0]', '{"error": {"message": "no"}}'::jsonb, 'a[1]', noetl_test.frame(1), 'a[2]', noetl_test.frame(1))
  ),
  'completed(partial,3,2,1,4)', 'the other slot goes on'
);
select is(
  pg_temp.outcome('{}', '{"a[0]": {"error": {"kind": "sql", "message": "no table"}}}'), 'failed(failed,1,0,1,2)',
  'fail_fast: the loop ends'
);
select is(
  (select error ->> 'message' from noetl.run order by execution_id desc limit 1), '1 of 1 items failed; item 0: no table',
  'the error says why'
);
select is(
  pg_temp.outcome('{"policy": "best_effort"}', '{"a": {"frame": null}}'), 'completed(partial,2,0,2,2)',
  'a report that does not say what was claimed ends its slot too'
);
select is(
  pg_temp.outcome('{"policy": "best_effort"}', jsonb_build_object('a', noetl_test.frame(2))), 'completed(partial,2,0,2,2)',
  'so does one with more rows than the frame has indexes for'
);
select matches(
  (select e.error from noetl.event as e where e.event_type = 'loop.item' order by e.event_id desc limit 1),
  'did not say which rows', 'and says so'
);

select * from finish();
rollback;
