-- A sliding window: k finished, k issued.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(20, '{"mode": "parallel", "max_in_flight": 4}'))))
) as x \gset
select noetl_test.worker() as w \gset
create function pg_temp.open() returns text language sql as $$ select string_agg(iter_index::text, ' ' order by iter_index) from noetl.command $$;
select is(pg_temp.open(), '0 1 2 3', 'the window is full at once');
select noetl.record_events(
  (select jsonb_agg(noetl_test.event(:'w', :x, command_id)) from noetl_test.claim(:'w') where iter_index in (1, 2))
);
select is(pg_temp.open(), '0 3 4 5', 'two finished, two issued');
select noetl_test.report(:'w', :x, (select command_id from noetl.command where iter_index = 0));
select noetl_test.tick();
select is(pg_temp.open(), '3 4 5 6', 'ticks add nothing beyond it');

select * from finish();
rollback;
