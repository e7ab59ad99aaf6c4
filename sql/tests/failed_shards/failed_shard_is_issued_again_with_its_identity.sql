-- A retry keeps loop, shard and key, and goes through the unique index of command.issued.
begin;
select plan(6);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(10), 'spec', '{"loop_mode": "fanout"}'::jsonb))
  )
) as x \gset
select is(
  noetl_test.work(
    :x,
    '{"a[1]": {"error": {"message": "no"}, "times": 1, "iter_key": "k1"}, "a[4]": {"error": {"message": "no"}, "times": 2},
      "a[7]": {"error": {"message": "no"}, "times": 1}}'
  ),
  'completed', 'P3.3-4: ten shards, three fail and come right'
);
select is((select status from noetl.loop where execution_id = :x), 'complete', 'P3.3-4: the fan-in is complete');
select is(
  (select string_agg(concat_ws('/', event_type, meta ->> 'shard_id', meta ->> 'iter_key', meta ->> 'shard_attempt'), ', ' order by event_id)
   from noetl.event where execution_id = :x and event_type like 'loop.shard.%' and current_index = 1),
  'loop.shard.failed/1/k1/1, loop.shard.done/1/k1/2', 'P3.3-2: the retry keeps shard and key'
);
select is(
  (select count(distinct meta ->> 'loop_id') from noetl.event where execution_id = :x and event_type like 'loop.shard.%'),
  1::bigint, 'P3.3-2: and the loop'
);
select is(
  (select array_agg(meta -> 'shard_attempt' order by event_id) from noetl.event
   where execution_id = :x and event_type = 'command.issued' and current_index = 4),
  '{1,2,3}', 'P3.3-3: each attempt is a command.issued of its own'
);
select is_empty(format('select noetl_test.problems(%s)', :x), 'the counters fit the events');

select * from finish();
rollback;
