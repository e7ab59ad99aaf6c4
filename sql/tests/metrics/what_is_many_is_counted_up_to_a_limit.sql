-- A scrape every few seconds must cost the same when a hundred times as much is waiting.
begin;
select plan(3);
select noetl_test.grant_alone() \g /dev/null
create or replace function noetl_internal.count_limit() returns integer language sql immutable as 'select 2';
select noetl_test.worker('w1', '{b}') as w \gset
select noetl_test.playbook(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object(
    'spec', '{"pool": "b"}'::jsonb, 'loop', noetl_test.loop(6, '{"mode": "parallel", "max_in_flight": 6}')
  )))
) as b \gset
select noetl.start_execution(:'b') \g /dev/null
select count(*) from noetl_test.claim(:'w', 3) \g /dev/null
select noetl.pause_execution(noetl.start_execution(:'b')) \g /dev/null
select noetl_test.start('[{"step": "w", "tool": {"kind": "wait", "duration": "1h"}}]') from generate_series(1, 3) \g /dev/null
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3, '{"mode": "parallel", "max_in_flight": 3}'))))) \g /dev/null
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a', '{"spec": {"concurrency": {"key": "k", "limit": 1}}}'))) as k \gset
select noetl.start_execution(:'k') from generate_series(1, 3) \g /dev/null
insert into noetl.change (kind, execution_id, command_id)
select k, 1, case when k = 'publish' then 'c' end
from unnest('{dirty,advance,publish}'::text []) as k cross join generate_series(1, 3);
select set_eq(
  $$
    select m.name, m.labels - 'status', m.value from noetl.metrics() as m
    where m.name in ('noetl_queue_commands', 'noetl_outbox_changes', 'noetl_timers') and m.value > 0
  $$,
  $$
    values
      ('noetl_queue_commands', '{"pool": "b"}'::jsonb, 2::double precision), ('noetl_queue_commands', '{"pool": "default"}', 2),
      ('noetl_outbox_changes', '{"kind": "dirty"}', 2), ('noetl_outbox_changes', '{"kind": "advance"}', 2),
      ('noetl_outbox_changes', '{"kind": "publish"}', 2), ('noetl_timers', '{"kind": "wait"}', 2)
  $$,
  'the queue, the outbox, timers'
);
select is(
  (select count(*) from noetl.metrics() as m where m.name = 'noetl_queue_commands' and m.labels ->> 'pool' = 'b'), 3::bigint,
  'queued, leased and held ones'
);
select is((select sum(m.value) from noetl.metrics() as m where m.name = 'noetl_runs'), 2::double precision, 'runs');
delete from noetl.change where execution_id = 1;
select * from finish();
rollback;
