-- A batch may hold the same report twice.
begin;
select plan(2);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(2, '{"mode": "parallel"}'))))) as x \gset
select noetl_test.worker() as w \gset
select jsonb_agg(noetl_test.event(:'w', :x, command_id)) as events from noetl_test.claim(:'w') \gset
select is(noetl.record_events(:'events'::jsonb || :'events'::jsonb) -> 'recorded', '2', 'two commands, two recorded');
select is((select done from noetl.loop where execution_id = :x), 2, 'two items done');

select * from finish();
rollback;
