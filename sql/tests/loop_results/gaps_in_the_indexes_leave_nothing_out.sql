-- Indexes of a cursor's rows have gaps, and so has a loop that ended early: a reader who counts must
-- get every result, and once.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object(
      'loop', noetl_test.cursor('{"max_in_flight": 2, "frame": {"max_rows": 100}}'), 'next', noetl_test.next('b'))),
    noetl_test.step('b', '{"loop": {"in": "{{ a.results }}", "iterator": "r"}}')
  )
) as x \gset
select noetl_test.worker() as w \gset
create function pg_temp.frame(p_from integer, p_until integer) returns jsonb language sql as $$
  select jsonb_build_object('frame', jsonb_build_object('items', jsonb_agg(
    jsonb_build_object('result', jsonb_build_object('status', 'ok', 'context', jsonb_build_object('data', n))) order by n
  ))) from generate_series(p_from, p_until) as n
$$;
select noetl_test.report(:'w', :x, command_id, '{}', null, case iter_index when 0 then pg_temp.frame(1, 2) else pg_temp.frame(3, 6) end)
from noetl_test.claim(:'w', 2) \g /dev/null
select noetl_test.report(:'w', :x, command_id, '{}', null, noetl_test.frame(0)) from noetl_test.claim(:'w') \g /dev/null
select is((select total from noetl.loop where execution_id = :x and step = 'b'), 6, 'the engine reads them all');
select noetl_test.claim(:'w') \g /dev/null
select value ->> 'results_ref' as ref from noetl.variable where execution_id = :x and name = 'a' \gset
select is(
  (noetl.read_results(:'w', :'ref', 0, 4) -> 'items') || (noetl.read_results(:'w', :'ref', 4, 4) -> 'items'), '[1, 2, 3, 4, 5, 6]', 'so does a worker, range by range'
);
select is(noetl.read_results(:'w', :'ref', 6, 4) -> 'items', '[]', 'and there are no more');

select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object(
      'loop', noetl_test.loop(6, '{"mode": "parallel", "max_in_flight": 6}'),
      'next', '{"arcs": [{"step": "b", "when": "{{ event.name == ''call.error'' }}"}]}'::jsonb)),
    noetl_test.step('b')
  )
) as y \gset
create temp table held as select * from noetl_test.claim(:'w') where execution_id = :y;
select noetl_test.report(:'w', :y, command_id, to_jsonb(iter_index)) from held where iter_index in (2, 4) \g /dev/null
select noetl_test.report(:'w', :y, command_id, '{}', '{"message": "no"}') from held where iter_index = 5 \g /dev/null
select noetl_test.claim(:'w') \g /dev/null
select value ->> 'results_ref' as ref from noetl.variable where execution_id = :y and name = 'a' \gset
select is(
  (noetl.read_results(:'w', :'ref', 0, 2) -> 'items') || (noetl.read_results(:'w', :'ref', 2, 2) -> 'items'), '[2, 4, {}]', 'of a loop that ended early too'
);

select * from finish();
rollback;
