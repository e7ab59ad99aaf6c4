-- cancel cascades, through as many generations as there are.
begin;
select plan(4);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.start_execution(:'path') as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl.start_execution(:'path', '{}', jsonb_build_object('parent_execution_id', :x, 'parent_command_id', :'c', 'session', :'w')) as y \gset
select command_id as d from noetl_test.claim(:'w') \gset
select noetl.start_execution(:'path', '{}', jsonb_build_object('parent_execution_id', :y, 'parent_command_id', :'d', 'session', :'w')) as z \gset
select is(
  (select array_agg(status) from noetl.child_status(:'w', array[:y, :z])), '{running,running}', 'the worker can watch its children'
);
select noetl.cancel_execution(:x);
select noetl_test.tick();
select is((select array_agg(status) from noetl.run where execution_id in (:x, :y, :z)), '{cancelled,cancelled,cancelled}', 'all are cancelled');
select is_empty(format('select noetl_test.problems(%s) union all select noetl_test.problems(%s)', :y, :z), 'nothing is left');
select throws_ok(
  format('select noetl.start_execution(%L, %L, %L)', :'path', '{}', jsonb_build_object('parent_execution_id', :x, 'parent_command_id', :'c', 'session', :'w')),
  'NE403', null, 'and no further child can be started'
);

select * from finish();
rollback;
