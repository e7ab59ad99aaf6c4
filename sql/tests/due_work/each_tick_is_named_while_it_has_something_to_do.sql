-- Who ticks calls what is named and nothing else: a tick that is not named must have nothing to do.
begin;
select plan(15);
select noetl_test.grant_alone() \g /dev/null
set local noetl.test_now = '2030-01-01 00:00:00+00';
-- The registers of raise_floor belong to no transaction.
create temporary view due as
select array_remove(
  array_remove(array_remove(d.ticks, 'raise_floor'), 'maintain_partitions'), 'retain'
) as ticks
from noetl.due_work() as d;
select is((select ticks from due), '{}', 'nothing where nothing is');
select ok((select ticks @> '{maintain_partitions,retain}' from noetl.due_work()), 'but what is called now and then');

select noetl_test.start(
  jsonb_build_array(
    noetl_test.step(
      'a', jsonb_build_object('loop', noetl_test.loop(2500), 'spec', '{"loop_mode": "fanout"}'::jsonb)
    )
  )
) as x \gset
select is((select ticks from due), '{expand_loops,project_changes}', 'a loop that is being expanded; a run that changed');
select noetl_test.tick() \g /dev/null
select is((select ticks from due), '{}', 'done');

select noetl.cancel_execution(:x) \g /dev/null
select ok((select ticks @> '{project_changes}' from due), 'a run that was cancelled');
select noetl_test.tick() \g /dev/null
insert into noetl.change (kind, execution_id) values ('cancel', :x);
select is((select ticks from due), '{advance_changes}', 'a run that its parent has taken with it');
select noetl_test.tick() \g /dev/null

insert into noetl.loop_tally (execution_id, loop_id, done, failed) values (:x, 0, 1, 0);
select is((select ticks from due), '{expand_loops}', 'items that a report has left to be counted');
delete from noetl.loop_tally;

select noetl_test.playbook(
  jsonb_build_array(noetl_test.step('a', '{"spec": {"concurrency": {"key": "k", "limit": 1}}}'))
) as keyed \gset
select noetl.start_execution(:'keyed') as y \gset
select noetl_test.tick() \g /dev/null
select is((select ticks from due), '{}', 'a token that has its place');
select noetl.start_execution(:'keyed') as z \gset
select noetl_test.tick() \g /dev/null
select is((select ticks from due), '{advance_changes}', 'one that waits for it');
select noetl.cancel_execution(:z) \g /dev/null
select noetl_test.tick() \g /dev/null

select noetl_test.worker() as w \gset
select count(*) from noetl_test.claim(:'w') \g /dev/null
set local noetl.test_now = '2030-01-01 00:05:00+00';
select is((select ticks from due), '{}', 'a worker that is silent, but not for too long');
set local noetl.test_now = '2030-01-01 00:05:01+00';
select is((select ticks from due), '{reap_stale}', 'one that is');
update noetl.runtime set status = 'ended', ended_at = now() where session_id = :'w';
select is((select ticks from due), '{reap_stale}', 'one that has ended and holds a command');
select noetl.reap_stale() \g /dev/null
select noetl_test.tick() \g /dev/null
select is((select ticks from due), '{}', 'and holds none any more');

select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.put_schedule('due', :'path', '15 2 * * *', 'UTC') \g /dev/null
select is((select ticks from due), '{}', 'a schedule whose time has not come');
set local noetl.test_now = '2030-01-01 02:15:00+00';
select is((select ticks from due), '{fire_schedules}', 'one whose time has come');

select * from finish();
rollback;
