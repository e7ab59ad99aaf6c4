-- P4.3-1, P4.3-3: a message to a worker without room waits for nothing while others idle.
begin;
select plan(12);
set local noetl.test_now = '2001-01-01 00:00:00+00';
select noetl_test.publish_alone() \g /dev/null
select noetl.register_dispatcher('nats', null, '{"nats": true}') as nats \gset
select noetl_internal.duties_of(:'nats') \g /dev/null
create function pg_temp.capacity(p_slots integer, p_free integer, p_tools text, p_tool_pools jsonb default '{}')
returns jsonb language sql immutable as $$
  select jsonb_build_object(
    'slots', p_slots, 'available_slots', p_free, 'active_tasks', p_slots - p_free,
    'tools', to_jsonb(string_to_array(p_tools, ' ')), 'tool_pools', p_tool_pools
  )
$$;
create function pg_temp.shares(p_session uuid, p_step text) returns text language sql volatile as $$
  select string_agg(format('%s %s', w.worker, w.count), ', ' order by w.worker)
  from (
    select coalesce(t.worker, 'anybody') as worker, count(*) as count
    from noetl.take_publications(p_session, 1000) as t
    join noetl.command as c using (execution_id, command_id)
    where c.step = p_step
    group by 1
  ) as w
$$;
create function pg_temp.loop(p_step text, p_count integer, p_tool jsonb, p_pool text default 'default')
returns jsonb language sql as $$
  select jsonb_build_array(jsonb_build_object(
    'step', p_step, 'loop', noetl_test.loop(p_count), 'tool', p_tool,
    'spec', jsonb_build_object('loop_mode', 'fanout', 'pool', p_pool)
  ))
$$;
create function pg_temp.shares_of(p_session uuid, p_count integer, p_tool jsonb, p_pool text default 'default')
returns text language plpgsql as $$
declare
  v_step text := 's' || md5(random()::text);
  v_shares text;
begin
  perform noetl_test.start(pg_temp.loop(v_step, p_count, p_tool, p_pool));
  perform noetl_test.tick();
  v_shares := pg_temp.shares(p_session, v_step);
  delete from noetl.change where kind = 'publish';
  return v_shares;
end;
$$;

select is(pg_temp.shares_of(:'nats', 3, '{"kind": "noop"}'), 'anybody 3', 'P4.3-2: without workers to whoever comes');
select noetl.register_session('old', '{default}', '{"slots": 100}') as old \gset
select is(pg_temp.shares_of(:'nats', 3, '{"kind": "noop"}'), 'anybody 3', 'P4.2-4: one that does not say what it can take is not chosen');
select noetl.register_session('a', '{default}', pg_temp.capacity(8, 8, 'noop python')) as a \gset
select noetl.register_session('b', '{default}', pg_temp.capacity(8, 2, 'noop python duckdb', '{"duckdb": {"slots": 1, "free": 1}}')) as b \gset
select noetl.register_session('c', '{default,big}', pg_temp.capacity(4, 4, 'noop duckdb')) as c \gset
-- b holds nothing in truth, whatever it says.
select noetl.heartbeat(:'b', '{}', pg_temp.capacity(2, 2, 'noop python duckdb', '{"duckdb": {"slots": 1, "free": 1}}')) \g /dev/null

select is(pg_temp.shares_of(:'nats', 5, '{"kind": "noop"}'), 'a 5', 'P4.3-3: the one with most room gets them');
select is(pg_temp.shares_of(:'nats', 11, '{"kind": "noop"}'), 'a 7, b 1, c 3', 'until others have as much');
select is(pg_temp.shares_of(:'nats', 20, '{"kind": "noop"}'), 'a 8, anybody 6, b 2, c 4', 'P4.3-2: what is more goes to whoever comes');
select is(pg_temp.shares_of(:'nats', 20, '{"kind": "duckdb", "query": "select 1"}'), 'anybody 15, b 1, c 4', 'P4.3-1: as many as there are slots for the kind');
select is(
  pg_temp.shares_of(:'nats', 6, '[{"x": {"kind": "duckdb", "query": "select 1"}}, {"y": {"kind": "python", "code": "result = 1"}}]'),
  'anybody 5, b 1', 'to who serves all kinds of a step'
);
select is(pg_temp.shares_of(:'nats', 5, '{"kind": "noop"}', 'big'), 'anybody 1, c 4', 'to who serves the pool');

select count(*) from noetl_test.claim(:'a', 5) \g /dev/null
select is(pg_temp.shares_of(:'nats', 3, '{"kind": "noop"}'), 'a 1, c 2', 'what a worker was handed since is counted');
set local noetl.test_now = '2001-01-01 00:00:29+00';
select noetl_internal.duties_of(:'nats') \g /dev/null
select noetl.heartbeat(:'b', '{}', null) \g /dev/null
set local noetl.test_now = '2001-01-01 00:00:30+00';
select is(pg_temp.shares_of(:'nats', 3, '{"kind": "noop"}'), 'anybody 1, b 2', 'who has been silent for 30 s is not chosen');

-- Several steps in one batch leave each other less room.
set local noetl.test_now = '2001-01-01 00:00:31+00';
select noetl.heartbeat(s, '{}', null) from unnest(array[:'a', :'c']::uuid[]) as s \g /dev/null
select noetl_test.start(pg_temp.loop('one', 3, '{"kind": "duckdb", "query": "select 1"}')) \g /dev/null
select noetl_test.start(pg_temp.loop('two', 3, '[{"x": {"kind": "duckdb", "query": "select 1"}}, {"y": {"kind": "noop"}}]')) \g /dev/null
select noetl_test.tick() \g /dev/null
select is(
  (
    select string_agg(coalesce(t.worker, '-'), ' ' order by t.change_id)
    from noetl.take_publications(:'nats', 1000) as t
    where t.kind = 'duckdb'
  ),
  'c c b c c -', 'what other steps of a batch get is room less, of the kind too'
);
select throws_ok(
  format('select noetl.heartbeat(%L, %L, %L)', :'b', '{}', '{"slots": "many"}'), 'NE422', null, 'a bad report cannot get into the way'
);

select * from finish();
rollback;
