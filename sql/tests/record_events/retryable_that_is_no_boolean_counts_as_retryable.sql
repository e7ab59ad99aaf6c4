-- The worker's word is data: what it says wrong must not undo the rest of its report.
begin;
select plan(1);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(1), 'spec', '{"loop_mode": "fanout"}'::jsonb))
  )
) as x \gset
select is(
  noetl_test.work(:x, '{"a": {"error": {"message": "no", "retryable": "maybe"}, "times": 1}}'),
  'completed', 'the shard was tried again'
);

select * from finish();
rollback;
