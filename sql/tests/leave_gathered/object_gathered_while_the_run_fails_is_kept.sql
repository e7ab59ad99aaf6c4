-- Another branch fails the run while a worker gathers: its report is recorded, and a retry goes on
-- from it instead of gathering again.
begin;
select plan(4);
select noetl_test.start(jsonb_build_array(
  noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "f"}]}}'),
  noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(2, '{"mode": "parallel"}'),
    'spec', '{"result": {"format": "ndjson"}}'::jsonb)),
  noetl_test.step('f'))) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
create temp table held as select * from noetl_test.claim(:'w');
select noetl_test.report(:'w', :x, command_id, to_jsonb(iter_index)) from held where step = 'a' \g /dev/null
insert into held select * from noetl_test.claim(:'w');
select noetl_test.report(:'w', :x, command_id, '{}', '{"kind": "python", "message": "no"}', '{"result": {"status": "error"}}') from held where step = 'f' \g /dev/null
select noetl_test.report(:'w', :x, command_id, '{}', null, jsonb_build_object('result', jsonb_build_object('status', 'ok',
  'reference', jsonb_build_object('ref', 'noetl://1/result/1', 'store', 'pvc', 'rows', '{"count": 2, "at": ["results", "data"]}'::jsonb),
  'context', '{"data": {"total": 2, "done": 2, "failed": 0}}'::jsonb)))
from held where task = 'gather' \g /dev/null
select noetl_test.tick();
select is((select status from noetl.run where execution_id = :x), 'failed', 'the run has failed');
select ok(noetl.retry_execution(:x) is not null, 'and is taken up again');
select results_eq(format('select step, task from noetl_test.claim(%L) where execution_id = %s', :'w', :x), $$values ('f', 'run')$$, 'only the other branch runs again');
select is((select envelope ->> 'ref' from noetl.variable where execution_id = :x and name = 'a'), 'noetl://1/result/1', 'the object is the loop''s result');
select noetl.end_session(:'w');
select noetl_test.work(:x) \g /dev/null
select * from finish();
rollback;
