-- Chunks are numbered per activation of a step: those of a loop's items would collide.
begin;
select plan(2);
select noetl_test.start(jsonb_build_array(noetl_test.step('items', jsonb_build_object('loop', noetl_test.loop(2))))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(noetl_test.chunk(:'w', :x, :'c', 0) #>> '{rejected,0,sqlstate}', 'NE422', 'a chunk of an item is refused');
select is(noetl_test.work(:x), 'running', 'the item goes on');
select * from finish();
rollback;
