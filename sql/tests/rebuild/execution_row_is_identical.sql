-- The read model is a copy: deleted, one run's or everybody's, it is made again from the events.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(4), 'spec', '{"loop_mode": "fanout"}'::jsonb)))
) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(2))))) as y \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', c.execution_id, c.command_id) from noetl_test.claim(:'w', 2) as c \g /dev/null
select noetl_test.tick() \g /dev/null
create temporary table before as select e.execution_id, e.status, e.state from noetl.execution as e;
delete from noetl.execution as e where e.execution_id = :x;
select noetl.rebuild(:x) \g /dev/null
select set_eq(
  'select e.execution_id, e.status, e.state from noetl.execution as e', 'select * from before',
  'P1.2-5: deleted and rebuilt, it is identical'
);
select noetl_test.work(:x) \g /dev/null
select noetl_test.work(:y) \g /dev/null
create temporary table at_end as select e.execution_id, e.status, e.state, e.result from noetl.execution as e;
delete from noetl.execution;
delete from noetl.run;
select is((select count(noetl.rebuild(e.execution_id)) from noetl.event as e where e.event_type = 'playbook.initialized'), 2::bigint, 'all are rebuilt');
select set_eq(
  'select e.execution_id, e.status, e.state, e.result from noetl.execution as e', 'select * from at_end',
  'P1.2-5, P5.1-4: all rows are identical'
);
select isnt_empty('select from at_end where status = ''completed''', 'they are of ended runs');

select * from finish();
rollback;
