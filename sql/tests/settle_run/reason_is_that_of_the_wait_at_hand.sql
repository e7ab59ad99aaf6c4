-- A run that goes from one wait into the next at once must not name the former: people signal what
-- it says.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(
    '{"step": "d", "tool": {"kind": "wait", "signal": "a"}, "next": {"arcs": [{"step": "s"}]}}'::jsonb,
    '{"step": "s", "tool": {"kind": "wait", "signal": "b"}}'::jsonb
  )
) as x \gset
select is(reason, 'step d waits for signal "a"', 'the first') from noetl.run where execution_id = :x;
select noetl.signal_execution(:x, 'else') \g /dev/null
select is(reason, 'step d waits for signal "a"', 'another signal changes nothing') from noetl.run where execution_id = :x;
select noetl.signal_execution(:x, 'a') \g /dev/null
select is(reason, 'step s waits for signal "b"', 'the second') from noetl.run where execution_id = :x;
select noetl.signal_execution(:x, 'b') \g /dev/null
select noetl_test.tick() \g /dev/null
select is(concat_ws(' ', status, reason), 'completed', 'and none at the end') from noetl.run where execution_id = :x;

select * from finish();
rollback;
