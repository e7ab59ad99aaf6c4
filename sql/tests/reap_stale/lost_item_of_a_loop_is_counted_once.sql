-- An item whose workers are all lost must be counted, or the loop never ends.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3), 'spec',
      '{"max_attempts": 1, "loop_mode": "fanout", "fanout": {"allow_partial": true}}'::jsonb))
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.claim(:'w', 1) \g /dev/null
update noetl.runtime set heartbeat_at = heartbeat_at - interval '301 seconds';
select is(noetl.reap_stale(), 1, 'one is lost');
select is(noetl_test.work(:x), 'completed', 'the loop ends');
select is((select row(status, done, failed)::text from noetl.loop where execution_id = :x), '(partial,2,1)', 'partial, with one failed');

select * from finish();
rollback;
