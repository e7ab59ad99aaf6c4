-- Workers that wait at a transport hear of commands by what the outbox tells; nobody else pays.
begin;
select plan(21);
-- Before all other tests' times: publishing is on here, and nowhere else.
set local noetl.test_now = '2001-01-01 00:00:00+00';
select noetl_test.publish_alone() \g /dev/null
create function pg_temp.take(p_session uuid, p_limit integer default 100)
returns text language sql volatile as $$
  select string_agg(concat_ws(' ', c.step, c.iter_index, t.issue, t.pool, t.kind), ', ' order by c.iter_index)
  from noetl.take_publications(p_session, p_limit) as t
  join noetl.command as c using (execution_id, command_id)
$$;
create function pg_temp.marked(p_execution_id bigint) returns integer language sql volatile as $$
  select count(*)::integer from noetl.change as c
  where c.execution_id = p_execution_id and c.kind = 'publish'
$$;

select noetl.register_dispatcher('plain') as plain \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as silent \gset
select is(pg_temp.marked(:silent), 0, 'nobody publishes: nothing is written');

select noetl.register_dispatcher('nats', null, '{"nats": true}') as nats \gset
select noetl_test.start(jsonb_build_array(
  noetl_test.step('many', jsonb_build_object('loop', noetl_test.loop(3), 'spec', '{"loop_mode": "fanout", "pool": "big"}'::jsonb,
    'tool', '[{"one": {"kind": "duckdb", "query": "select 1"}}, {"two": {"kind": "noop"}}]'::jsonb))
)) as x \gset
select noetl_test.tick() \g /dev/null
select is(pg_temp.marked(:x), 3, 'somebody does: one entry for each command');
select noetl_internal.issue_batch(array_agg(noetl_internal.draft_of(c))) from noetl.command as c where c.execution_id = :x \g /dev/null
select is(pg_temp.marked(:x), 3, 'a repeated issue publishes nothing');
select is(pg_temp.take(:'nats'), null, 'who has not asked what is due does not have the duty');
select ok((select not ticks @> '{publish_commands}' from noetl.due_work(:'plain')), 'who cannot publish is not told to');
select ok((select not ticks @> '{publish_commands}' from noetl.due_work()), 'nor is nobody in particular');
select ok((select ticks @> '{publish_commands}' from noetl.due_work(:'nats')), 'who can is');
select is(pg_temp.take(:'plain'), null, 'nobody but the holder of the duty gets any');
select is(
  pg_temp.take(:'nats', 2), 'many 0 1 big duckdb, many 1 1 big duckdb',
  'what they are, in order, as many as asked for'
);
select is(
  pg_temp.take(:'nats'), 'many 0 1 big duckdb, many 1 1 big duckdb, many 2 1 big duckdb',
  'the same again, until they are confirmed'
);
select array_agg(t.change_id) as ids from noetl.take_publications(:'nats', 1) as t \gset
select is(noetl.confirm_publications(:'nats', :'ids'), 1, 'one is confirmed');
select is(noetl.confirm_publications(:'nats', :'ids'), 0, 'again: nothing');
select is(pg_temp.take(:'nats'), 'many 1 1 big duckdb, many 2 1 big duckdb', 'the rest is there');

select noetl_test.worker('w', '{big}') as w \gset
select command_id as one from noetl_test.claim(:'w', 2) where iter_index = 1 \gset
select is(pg_temp.take(:'nats'), 'many 2 1 big duckdb', 'what was claimed meanwhile is not published');
select is(pg_temp.marked(:x), 1, 'and its entry is gone');
select noetl.release_commands(:'w', array[:'one']) \g /dev/null
select is(pg_temp.take(:'nats'), 'many 1 2 big duckdb, many 2 1 big duckdb', 'handed back: published again');

select noetl.pause_execution(:x) \g /dev/null
select is(pg_temp.take(:'nats'), null, 'what is held is not');
select noetl.resume_execution(:x) \g /dev/null
select is(pg_temp.take(:'nats'), 'many 1 2 big duckdb, many 2 1 big duckdb', 'until it is resumed');
select noetl.rebuild(:x) \g /dev/null
select ok(pg_temp.take(:'nats') like '%many 2 1 big duckdb%', 'a rebuild puts in what may be lost');

select noetl.end_session(:'nats') \g /dev/null
select is((select count(*)::integer from noetl.change where kind = 'publish'), 0, 'when the last who publishes stops, nothing is left to publish');
select throws_ok(format('select * from noetl.take_publications(%L)', :'nats'), 'NE401', null, 'an ended session is refused');

select * from finish();
rollback;
