-- loop.started tells which loop, how many items, and where they are.
begin;
select plan(6);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3, '{"mode": "parallel"}'))))) as x \gset
select is(
  (select e.meta - array['loop_id', 'token_id'] from noetl.event as e where e.execution_id = :x and e.event_type = 'loop.started'),
  '{"mode": "parallel", "collection_size": 3}', 'P0.3-1: size and mode'
);
select is(
  (select e.context ->> 'collection_ref' from noetl.event as e where e.execution_id = :x and e.event_type = 'loop.started'),
  (select format('noetl://%s/loop/%s', :x, loop_id) from noetl.loop where execution_id = :x), 'P0.3-1: and reference'
);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(100), 'spec', '{"loop_mode": "fanout"}'::jsonb)))
) as y \gset
select is(
  noetl_test.trail(:y, 'loop.started', 'loop.fanout.started'), 'loop.started a, loop.fanout.started a', 'P3.1-1: loop_mode activates fan-out'
);
select is(
  (select e.meta -> 'total_shards' from noetl.event as e where e.execution_id = :y and e.event_type = 'loop.fanout.started'),
  '100', 'P3.1-2: with the right total_shards'
);
select is(
  (select count(distinct (meta ->> 'loop_id', meta ->> 'shard_id', meta ->> 'iter_index'))
   from noetl.event where execution_id = :y and event_type = 'command.issued'),
  100::bigint, 'P3.1-3: a hundred commands, each with its own shard and index'
);
select is(
  (select count(distinct (meta ->> 'loop_id', meta ->> 'shard_id', meta ->> 'iter_index')) from noetl.event
   where execution_id = :y and event_type = 'command.issued'),
  (select count(*) from noetl.event where execution_id = :y and event_type = 'command.issued'),
  'P3.1-5: all distinct'
);

select * from finish();
rollback;
