-- A frame that the engine cannot store must be refused by itself, not spoil its batch.
begin;
select plan(10);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.cursor('{"max_in_flight": 1, "frame": {"max_rows": 3}}'))))
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
create function pg_temp.said(p_w uuid, p_x bigint, p_c text, p_frame jsonb) returns text language sql as $$
  select noetl_test.report(p_w, p_x, p_c, '{}', null, jsonb_build_object('frame', p_frame)) -> 'rejected' -> 0 ->> 'message'
$$;
select is(pg_temp.said(:'w', :x, :'c', '[]'), 'frame must be a mapping', 'a list');
select is(pg_temp.said(:'w', :x, :'c', '{}'), 'frame.items must be a list', 'nothing in it');
select is(pg_temp.said(:'w', :x, :'c', '{"items": 3}'), 'frame.items must be a list', 'a number');
select is(
  pg_temp.said(:'w', :x, :'c', '{"items": [], "rows_may_return": "no"}'), 'frame.rows_may_return must be true or false', 'a text'
);
select is(pg_temp.said(:'w', :x, :'c', '{"items": [{}, 1]}'), 'item 1 of the frame: it must be a mapping', 'an item that is none');
select is(
  pg_temp.said(:'w', :x, :'c', '{"items": [{"status": "ok"}]}'), 'item 0 of the frame: it may hold result, error and ctx only',
  'an unknown field'
);
select is(
  pg_temp.said(:'w', :x, :'c', '{"items": [{"result": {"rows": 1}}]}'),
  'item 0 of the frame: result may hold status, reference and context only', 'a payload as result'
);
select matches(
  pg_temp.said(:'w', :x, :'c', jsonb_build_object('items', jsonb_build_array(jsonb_build_object('ctx', jsonb_build_object('x', repeat('x', 32001)))))),
  'ctx is over', 'too much ctx'
);
select is((select count(*) from noetl.command where execution_id = :x), 1::bigint, 'the command is still held');
select is(noetl_test.report(:'w', :x, :'c', '{}', null, noetl_test.frame(2)) ->> 'recorded', '1', 'a well-formed one is recorded');

select * from finish();
rollback;
