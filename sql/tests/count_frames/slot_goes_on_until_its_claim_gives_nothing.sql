-- The workers say what they claimed; the engine decides what follows: the slot's next frame, its
-- end, and the end of the loop with its last slot.
begin;
select plan(10);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object(
      'loop', noetl_test.cursor('{"max_in_flight": 2, "frame": {"max_rows": 10}}'),
      'next', '{"arcs": [{"step": "b", "when": "{{ event.name == ''loop.done'' and a.done == 5 and a.stats.total == 5 }}"}]}'::jsonb
    )),
    noetl_test.step('b', '{"loop": {"in": "{{ a.results }}", "iterator": "r"}}')
  )
) as x \gset
select noetl_test.worker() as w \gset
create function pg_temp.open() returns text language sql as $$
  select string_agg(concat_ws(':', iter_index, item ->> 'first_index'), ' ' order by iter_index) from noetl.command where step = 'a'
$$;
create function pg_temp.loop() returns text language sql as $$
  select row(status, total, done, failed, issued, remaining_slots)::text from noetl.loop where step = 'a'
$$;
create function pg_temp.data(variadic p_data text []) returns jsonb language sql as $$
  select jsonb_build_object('frame', jsonb_build_object('items', jsonb_agg(
    jsonb_build_object('result', jsonb_build_object('status', 'ok', 'reference', null, 'context', jsonb_build_object('data', d)))
  ))) from unnest(p_data) as d
$$;
create temp table held as select * from noetl_test.claim(:'w');
select command_id as zero from held where iter_index = 0 \gset
select command_id as one from held where iter_index = 1 \gset
select noetl_test.report(:'w', :x, :'one', '{}', null, pg_temp.data('c', 'd', 'e')) \g /dev/null
select is(pg_temp.open(), '0:0 2:20', 'a slot that got rows is given the next frame');
select is(pg_temp.loop(), '(running,3,3,0,3,2)', 'its rows are counted');
select is(
  noetl_test.report(:'w', :x, :'one', '{}', null, noetl_test.frame(1)) ->> 'late', '1', 'a repeat is late'
);
select is(pg_temp.open(), '0:0 2:20', 'and issues nothing');
select noetl_test.report(:'w', :x, :'zero', '{}', null, pg_temp.data('a', 'b')) \g /dev/null
select noetl_test.report(:'w', :x, c.command_id, '{}', null, noetl_test.frame(0))
from noetl_test.claim(:'w') as c where c.iter_index = 2 \g /dev/null
select is(pg_temp.open(), '3:30', 'a slot whose claim gave nothing ends');
select is(pg_temp.loop(), '(running,5,5,0,4,1)', 'the other goes on');
select noetl_test.report(:'w', :x, command_id, '{}', null, noetl_test.frame(0)) from noetl.command where iter_index = 3 \g /dev/null
select is(pg_temp.loop(), '(complete,5,5,0,4,0)', 'the loop is done with its last slot');
select is(noetl_test.count(:x, 'loop.done'), 1, 'and says so once');
select is(
  (select array_agg(c.item #>> '{}' order by c.iter_index) from noetl.command as c where c.step = 'b'), array['a'],
  'results are in the order of the rows'' indexes'
);
select is(
  (select string_agg(current_index || '=' || (result #>> '{context,data}'), ' ' order by current_index)
   from noetl.event where execution_id = :x and event_type = 'loop.item'),
  '0=a 1=b 10=c 11=d 12=e', 'which are unique, whatever the claims gave'
);

select * from finish();
rollback;
