-- A step that is not admitted waits for a change of ctx or a signal.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', '{"spec": {"policy": {"admit": {"rules": [
      {"when": "{{ signals.open is defined and signals.open.level > 1 }}", "then": {"allow": true}},
      {"else": {"then": {"allow": false}}}
    ]}}}}')
  )
) as x \gset
select is(noetl_test.work(:x), 'waiting', 'not admitted');
select is(noetl.signal_execution(:x, 'open', '{"level": 1}'), 'kept', 'looked at again');
select is(noetl_test.work(:x), 'waiting', 'but still not admitted');
select noetl.signal_execution(:x, 'open', '{"level": 2}') \g /dev/null
select is(noetl_test.work(:x), 'completed', 'the latest payload admits it');

select * from finish();
rollback;
