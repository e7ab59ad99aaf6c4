-- A job of many hours fails near its end: only what failed may run again.
begin;
select plan(9);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', jsonb_build_object('next', noetl_test.next('a', 'c') || '{"spec": {"mode": "inclusive"}}')),
    noetl_test.step('a', jsonb_build_object(
      'loop', noetl_test.loop(6, '{"mode": "parallel", "max_in_flight": 2}'), 'next', noetl_test.next('b')
    )),
    noetl_test.step('b', '{"set": {"ctx.done": "{{ a.done }}"}}'), noetl_test.step('c')
  )
) as x \gset
select is(noetl_test.work(:x, '{"a[3]": {"error": {"kind": "http", "message": "503"}, "times": 1}}', 2), 'failed', 'an item fails the run');
select count(*) as done from noetl.event where execution_id = :x and event_type = 'loop.item' and status = 'ok' \gset
select ok(noetl.retry_execution(:x), 'taken up again');
select is((select status::text from noetl.run where execution_id = :x), 'running', 'it runs');
select is((select failed from noetl.loop where execution_id = :x), 0, 'nothing of the loop has failed now');
select is(noetl_test.work(:x), 'completed', 'and ends well');
select is(
  (
    select array_agg(format('%s:%s', e.current_index, e.n) order by e.current_index) from (
      select i.current_index, count(*) as n from noetl.event as i
      where i.execution_id = :x and i.event_type = 'loop.item' and i.status = 'ok' group by i.current_index
    ) as e
  ),
  array['0:1', '1:1', '2:1', '3:1', '4:1', '5:1'], 'each item done exactly once'
);
select is(noetl_test.ctx(:x, 'done'), '6', 'the loop counts them all');
select is(noetl_test.count(:x, 'loop.done'), 1, 'one loop.done');
select ok(not noetl.retry_execution(:x), 'what is completed is not retried');

select * from finish();
rollback;
