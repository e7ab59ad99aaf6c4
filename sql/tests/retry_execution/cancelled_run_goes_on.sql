-- Cancelled by mistake: nothing that was finished is lost.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(5), 'spec', '{"loop_mode": "fanout"}'::jsonb)))
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, c.command_id) from noetl_test.claim(:'w', 2) as c \g /dev/null
select noetl.cancel_execution(:x) \g /dev/null
select ok(noetl.retry_execution(:x), 'taken up again');
select is((select row(done, issued, to_repeat)::text from noetl.loop where execution_id = :x), '(2,5,3)', 'three are to run again');
select is(noetl_test.work(:x), 'completed', 'it ends');
select is(noetl_test.count(:x, 'loop.shard.done'), 5, 'each shard done once');

select * from finish();
rollback;
