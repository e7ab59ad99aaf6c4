-- Closing a loop and routing on is one caller's, whoever asks.
begin;
select plan(5);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(2, '{"mode": "parallel"}'), 'next', noetl_test.next('b'))), noetl_test.step('b'))
) as x \gset
select loop_id as l from noetl.loop where execution_id = :x \gset
select ok(not noetl.claim_loop_done(:x, :l), 'a loop with open items is not done');
-- As a crash between two transactions of another engine would leave it: all counted, not closed.
delete from noetl.command where execution_id = :x;
update noetl.loop set done = 2 where execution_id = :x;
select ok(noetl.claim_loop_done(:x, :l), 'P0.2-2: the first caller routes on');
select ok(not noetl.claim_loop_done(:x, :l), 'P0.2-2: the second gets false');
select is(
  noetl_test.trail(:x, 'loop.done', 'command.issued'), 'command.issued a, command.issued a, loop.done a, command.issued b', 'P0.2-2: and does nothing'
);
select ok(not noetl.claim_loop_done(:x, 0), 'an unknown loop: false');

select * from public.finish();  -- state made by hand: no events tell of it
rollback;
