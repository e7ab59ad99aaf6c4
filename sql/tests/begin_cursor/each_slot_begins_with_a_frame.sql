-- Nobody knows how many rows there are: a cursor loop begins with its slots, not with items.
begin;
select plan(9);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.cursor(
      '{"max_in_flight": "{{ workload.n + 1 }}", "frame": {"max_rows": "{{ workload.n * 5 }}", "lease_seconds": 60}}'
    )))
  ),
  '{"n": 2}'
) as x \gset
select results_eq(
  format('select iter_index, task::text, item from noetl.command where execution_id = %s order by iter_index', :x),
  $$
    values
      (0, 'frame', '{"max_rows": 10, "process": "row", "lease_seconds": 60, "first_index": 0}'::jsonb),
      (1, 'frame', '{"max_rows": 10, "process": "row", "lease_seconds": 60, "first_index": 10}'),
      (2, 'frame', '{"max_rows": 10, "process": "row", "lease_seconds": 60, "first_index": 20}')
  $$,
  'a frame per slot, each with indexes of its own; the spec may be templates'
);
select is(
  (select row(mode, status, total, issued, remaining_slots)::text from noetl.loop where execution_id = :x),
  '(cursor,running,0,3,3)', 'nothing is counted yet'
);
select is(
  (select meta - array['loop_id', 'token_id'] from noetl.event where execution_id = :x and event_type = 'loop.started'),
  '{"mode": "cursor"}', 'no size is told, because none is known'
);
select is(
  (select context - 'is_external' from noetl.event where execution_id = :x and event_type = 'loop.started'),
  '{"frame": {"max_rows": 10, "process": "row", "lease_seconds": 60}, "max_in_flight": 3}', 'nor a collection'
);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.cursor())))) as y \gset
select is((select count(*) from noetl.command where execution_id = :y), 10::bigint, 'ten slots if nothing is said');
select is(
  (select distinct item - 'first_index' from noetl.command where execution_id = :y),
  '{"max_rows": 1, "process": "row"}', 'each takes one row at a time'
);
create function pg_temp.outcome(p_frame jsonb) returns text language sql as $$
  select noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('a', jsonb_build_object(
        'loop', noetl_test.cursor(jsonb_build_object('frame', p_frame)),
        'next', '{"arcs": [{"step": "b", "when": "{{ event.name == ''call.error'' and ''frame.'' in event.error.message }}"}]}'::jsonb
      )),
      noetl_test.step('b')
    ),
    '{}', '{"n": 1001, "p": "rows"}'
  )
$$;
select is(pg_temp.outcome('{"max_rows": "{{ workload.n }}"}'), 'completed: b', 'too many rows at once fail the step');
select is(pg_temp.outcome('{"process": "{{ workload.p }}"}'), 'completed: b', 'so does an unknown way to process');
select is(pg_temp.outcome('{"lease_seconds": "{{ workload.n - 1001 }}"}'), 'completed: b', 'and a lease of nothing');

select * from finish();
rollback;
