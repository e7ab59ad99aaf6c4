-- P0.3-3: the event table alone must do. Loops at work, leased and queued commands, a join that
-- waits, names: all lost in mid-run and made again, the run ends as if nothing had happened.
begin;
select plan(8);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', jsonb_build_object(
      'set', '{"ctx.seen": ["s"], "step.note": "kept"}'::jsonb,
      'next', noetl_test.next('few', 'shards', 'plain') || '{"spec": {"mode": "inclusive"}}'
    )),
    noetl_test.step('few', jsonb_build_object(
      'loop', noetl_test.loop(6, '{"mode": "parallel", "max_in_flight": 2}'), 'next', noetl_test.next('j')
    )),
    noetl_test.step('shards', jsonb_build_object(
      'loop', noetl_test.loop(8),
      'spec', '{"loop_mode": "fanout", "fanout": {"allow_partial": true}}'::jsonb, 'next', noetl_test.next('j')
    )),
    noetl_test.step('plain', jsonb_build_object('next', noetl_test.next('j'))),
    noetl_test.step('j', '{"set": {"ctx.seen": "{{ ctx.seen + [few.done, shards.failed] }}"}}')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, c.command_id) from noetl_test.claim(:'w', 1) as c \g /dev/null
select noetl_test.tick() \g /dev/null
-- Half way: some items are done, one shard failed once, three commands are held.
select noetl_test.report(:'w', :x, c.command_id, '{}', case when c.step = 'shards' and c.iter_index = 3 then '{"kind": "python"}'::jsonb end)
from noetl_test.claim(:'w', 7) as c \g /dev/null
create temporary table held as select * from noetl_test.claim(:'w', 3);
select noetl_test.tick() \g /dev/null
select noetl_test.state(:x) as live \gset

-- Not truncate: its lock would meet those of tests that run at the same time.
delete from noetl.run;
delete from noetl.token;
delete from noetl.loop;
delete from noetl.command;
delete from noetl.variable;
delete from noetl.change;
delete from noetl.execution;
delete from noetl.start_key;
select is(noetl.rebuild(:x) ->> 'status', 'running', 'it runs again');
select noetl_test.tick() \g /dev/null
select is(noetl_test.state(:x), :'live'::jsonb, 'P0.3-3: the same state as before');
select is(
  (select sum((noetl_test.report(:'w', :x, h.command_id) ->> 'recorded')::integer) from held as h), 3::bigint,
  'who held commands still owns them'
);
select is(noetl_test.work(:x), 'completed', 'the run ends');
select is(noetl_test.ctx(:x, 'seen'), '["s", 6, 0]', 'with what it knew before');
select is(
  (
    select array_agg(distinct n.count) from (
      select count(*) from noetl.event as e
      where e.execution_id = :x and e.event_type in ('loop.item', 'loop.shard.done')
      group by e.meta ->> 'loop_id', e.current_index
    ) as n
  ),
  array[1::bigint], 'each item done exactly once'
);
select is(noetl_test.count(:x, 'loop.item') + noetl_test.count(:x, 'loop.shard.done'), 14, 'none left out');
select is_empty(format('select noetl_test.problems(%s)', :x), 'no invariant is broken');

select * from finish();
rollback;
