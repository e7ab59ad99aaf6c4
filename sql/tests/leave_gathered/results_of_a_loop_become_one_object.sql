-- A loop step with a format ends when a worker has gathered its items' results: its arcs find the
-- object, and nothing goes on before it is there.
begin;
select plan(9);
create function pg_temp.flow() returns jsonb language sql as $$
  select jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3, '{"mode": "parallel"}'),
      'spec', '{"result": {"format": "ndjson"}}'::jsonb,
      'next', '{"arcs": [{"step": "b", "when": "{{ event.name == ''loop.done'' and fanin.done == 3 and a.total == 3 }}"},
        {"step": "c", "when": "{{ event.name == ''call.error'' }}"}]}'::jsonb)),
    noetl_test.step('b', '{"loop": {"in": "{{ a.results }}", "iterator": "r"}}'), noetl_test.step('c'))
$$;
create function pg_temp.gathered(p_x bigint) returns jsonb language sql as $$
  select jsonb_build_object('result', jsonb_build_object('status', 'ok',
    'reference', jsonb_build_object('ref', format('noetl://%s/result/1', p_x), 'store', 'pvc', 'bytes', 9,
      'rows', '{"count": 3, "at": ["results", "data"]}'::jsonb),
    'context', jsonb_build_object('data', (select c.input -> 'payload' from noetl.command as c where c.execution_id = p_x and c.task = 'gather'))))
$$;
select noetl_test.start(pg_temp.flow()) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id, to_jsonb(iter_index)) from noetl_test.claim(:'w') \g /dev/null
select is((select status from noetl.loop where execution_id = :x), 'complete', 'the loop is done');
select is(noetl_test.count(:x, 'step.exit'), 0, 'its step is not');
select is_empty(format('select noetl_test.lost_in_rebuild(%s)', :x), 'a rebuild leaves one command to gather');
select is((select count(*) from noetl.command where execution_id = :x), 1::bigint, 'and no second one');
select command_id as c, task, input ->> 'payload' as payload from noetl_test.claim(:'w') \gset
select is(:'task'::text, 'gather', 'a worker is to gather the results');
select is(:'payload'::jsonb ->> 'done', '3', 'it is told how the loop ended');
select noetl_test.report(:'w', :x, :'c', '{}', null, pg_temp.gathered(:x)) \g /dev/null
select is(
  (select v.value ->> 'total' || ' ' || (v.envelope ->> 'ref') from noetl.variable as v where v.execution_id = :x and v.name = 'a'),
  format('3 noetl://%s/result/1', :x), 'the result refers to the object, and tells how the loop ended'
);
select is((select task::text from noetl.command where execution_id = :x), 'collect', 'what reads the results is given the object');
select is_empty(format('select noetl_test.lost_in_rebuild(%s)', :x), 'a rebuild knows it too');
select noetl.end_session(:'w');

select * from finish();
rollback;
