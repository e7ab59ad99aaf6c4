-- People ask about last year's run: what it was, how it went and what it stored is still told.
begin;
select plan(17);
select noetl_test.retain_alone() \g /dev/null
select noetl_test.playbook(
  jsonb_build_array(
    noetl_test.step('load', jsonb_build_object('next', noetl_test.next('each'))),
    noetl_test.step(
      'each',
      jsonb_build_object(
        'loop', noetl_test.loop(4, '{"mode": "parallel", "policy": "best_effort"}'),
        'next', noetl_test.next('sum')
      )
    ),
    noetl_test.step('sum')
  )
) as path \gset
select noetl.start_execution(:'path', '{"a": 1}', '{"idempotency_key": "once"}') as x \gset
select noetl.signal_execution(:x, 'hello', '1') \g /dev/null
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select ref from noetl.record_results(:'w', jsonb_build_array(jsonb_build_object(
  'execution_id', :x, 'command_id', :'c', 'step', 'load', 'name', 'result', 'store_tier', 'db',
  'content_type', 'application/json', 'bytes', 7, 'sha256', repeat('0', 64), 'payload', '[1, 2]'::jsonb
))) \gset
select noetl_test.report(:'w', :x, :'c', '{}', null, jsonb_build_object('result', jsonb_build_object(
  'status', 'ok', 'reference', jsonb_build_object('ref', :'ref', 'store', 'db', 'bytes', 7), 'context', '{}'::jsonb
))) \g /dev/null
select is(
  noetl_test.work(
    :x,
    jsonb_build_object(
      'each[2]', '{"error": {"message": "item two"}}'::jsonb,
      'sum', jsonb_build_object('result', jsonb_build_object(
        'status', 'ok', 'context', jsonb_build_object('data', 6, 'sources', jsonb_build_array(:'ref'))
      ))
    )
  ),
  'completed', 'a run ends'
);
select noetl_test.tick() \g /dev/null

create temporary table before as
select
  (select to_jsonb(s) - 'retired_at' from noetl.execution_status(:x) as s) as status,
  (select jsonb_agg(l) from noetl.list_executions() as l where l.execution_id = :x) as listed,
  (select jsonb_agg(r) from noetl.list_results(:x) as r) as results,
  (select jsonb_agg(t) from noetl.trace(:x, 'sum') as t) as trace_sum,
  (select jsonb_agg(t) from noetl.trace(:x, 'each') as t) as trace_each,
  (select jsonb_agg(f) from noetl.find_step_result(:x, 'load') as f) as load,
  (select jsonb_agg(f) from noetl.find_step_result(:x, 'sum') as f) as sum,
  (select count(*) from noetl.event where execution_id = :x) as events,
  (select jsonb_agg(f) from noetl.find_result(:'ref') as f) as found;
select is(noetl_test.retain(), 1::bigint, 'S.F: it is retired');

select is((select to_jsonb(s) - 'retired_at' from noetl.execution_status(:x) as s), (select status from before), 'S.F: its status answers as before');
select is((select retired_at from noetl.execution_status(:x)), noetl_internal.clock_now(), 'S.F: and since when its events are gone');
select is((select jsonb_agg(l) from noetl.list_executions() as l where l.execution_id = :x), (select listed from before), 'S.F: it is listed');
select is((select jsonb_agg(r) from noetl.list_results(:x) as r), (select results from before), 'S.F: so are its results');
select is((select jsonb_agg(f) from noetl.find_result(:'ref') as f), (select found from before), 'S.F: which can be read');
select is((select jsonb_agg(t) from noetl.trace(:x, 'sum') as t), (select trace_sum from before), 'S.F: the lineage of a step answers from the manifest');
select is((select jsonb_agg(t) from noetl.trace(:x, 'each') as t), (select trace_each from before), 'S.F: also that of a loop');
select is((select jsonb_agg(f) from noetl.find_step_result(:x, 'load') as f), (select load from before), 'a stored result by the name of its step');
select is((select jsonb_agg(f) from noetl.find_step_result(:x, 'sum') as f), (select sum from before), 'one that rode in its event');
select throws_ok(format('select * from noetl.trace(%s, %L)', :x, 'nobody'), 'NE404', null, 'a step that has not run');

create temporary view kept as
select m.kind, m.summary from noetl.manifest as m where m.execution_id = :x and m.kind <> 'rows';
select is(
  (select (summary -> 'steps' -> 'each') - array['first_at', 'last_at'] from kept),
  (
    select to_jsonb(e) from (
      select count(*) as events, 1 as entered, 4 as issued, 3 as completed, 1 as failed, 0 as cancelled, 'item two' as first_error
      from noetl.event where execution_id = :x and node_name = 'each'
    ) as e
  ),
  'it is kept what each step did'
);
select is(
  (select jsonb_build_object('n', summary #> '{loops,each,activations}', 'done', summary #> '{loops,each,done}', 'failed', summary #> '{loops,each,failed}') from kept),
  '{"n": 1, "done": 3, "failed": 1}', 'and each loop'
);
select is((select (kind, summary ->> 'events')::text from kept), (select ('execution', events::text)::text from before), 'and how many events there were');
select is_empty(
  format(
    $$
      select 'run' from noetl.run where execution_id = %1$s
      union all select 'variable' from noetl.variable where execution_id = %1$s
      union all select 'loop' from noetl.loop where execution_id = %1$s
      union all select 'signal' from noetl.signal where execution_id = %1$s
      union all select 'chunk' from noetl.collection_chunk where execution_id = %1$s
      union all select 'key' from noetl.start_key where execution_id = %1$s
    $$, :x
  ),
  'its state is gone'
);
select isnt(noetl.start_execution(:'path', '{}', '{"idempotency_key": "once"}'), :x::bigint, 'its idempotency key is free again');

select * from finish();
rollback;
