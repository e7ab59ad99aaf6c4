-- A store that is away fails the step like any call: an arc may take it up, and a retry gathers again.
begin;
select plan(9);
create function pg_temp.flow(p_arcs text) returns jsonb language sql as $$
  select jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(2, '{"mode": "parallel"}'),
      'spec', '{"result": {"format": "parquet"}}'::jsonb, 'next', p_arcs::jsonb)),
    noetl_test.step('b'))
$$;
create function pg_temp.to_gather(p_w uuid, p_x bigint) returns text language plpgsql as $$
begin
  perform noetl_test.report(p_w, p_x, c.command_id, to_jsonb(c.iter_index)) from noetl_test.claim(p_w) as c;
  return (select c.command_id from noetl_test.claim(p_w) as c where c.task = 'gather');
end $$;
select noetl_test.worker() as w \gset
select noetl_test.start(pg_temp.flow('{"arcs": [{"step": "b", "when": "{{ event.name == ''call.error'' and a.error.kind == ''store'' }}"}]}')) as x \gset
select pg_temp.to_gather(:'w', :x) as c \gset
select noetl_test.report(:'w', :x, :'c', '{}', '{"kind": "store", "message": "down"}', '{"result": {"status": "error"}}') \g /dev/null
select is((select step from noetl.command where execution_id = :x), 'b', 'an arc takes it up');
select is_empty(format('select noetl_test.lost_in_rebuild(%s)', :x), 'and a rebuild agrees');
select noetl.end_session(:'w');
select noetl_test.work(:x) \g /dev/null

select noetl_test.worker() as w \gset
select noetl_test.start(pg_temp.flow('{"arcs": []}')) as y \gset
select pg_temp.to_gather(:'w', :y) as c \gset
select noetl_test.report(:'w', :y, :'c', '{}', '{"kind": "store", "message": "down"}', '{"result": {"status": "error"}}') \g /dev/null
select noetl_test.tick();
select is((select status from noetl.run where execution_id = :y), 'failed', 'else the run fails');
select ok(noetl.retry_execution(:y) is not null, 'taken up again');
select command_id as again, task from noetl_test.claim(:'w') \gset
select is(:'task'::text, 'gather', 'it gathers again, and no item runs again');
select isnt(:'again'::text, :'c'::text, 'under a new number');
select is_empty(format('select noetl_test.lost_in_rebuild(%s)', :y), 'which a rebuild knows');
select noetl_test.report(:'w', :y, :'again', '{}', null, jsonb_build_object('result', jsonb_build_object('status', 'ok',
  'reference', jsonb_build_object('ref', 'noetl://1/result/1', 'store', 'pvc', 'rows', '{"count": 2, "at": ["results", "data"]}'::jsonb),
  'context', '{"data": {"total": 2, "done": 2, "failed": 0}}'::jsonb))) \g /dev/null
select noetl_test.tick();
select is((select status from noetl.run where execution_id = :y), 'completed', 'and the run completes');
select is_empty(format('select noetl_test.lost_in_rebuild(%s)', :y), 'as its events tell');
select * from finish();
rollback;
