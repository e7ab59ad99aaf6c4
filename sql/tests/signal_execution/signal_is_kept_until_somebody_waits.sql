-- The sender is often faster than the playbook.
begin;
select plan(5);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('next', noetl_test.next('one'))),
    '{"step": "one", "tool": {"kind": "wait", "signal": "s"}, "set": {"ctx.got": "{{ one.n }}"}, "next": {"arcs": [{"step": "two"}]}}'::jsonb,
    '{"step": "two", "tool": {"kind": "wait", "signal": "s", "timeout": 60}}'::jsonb
  )
) as x \gset
select noetl.signal_execution(:x, 's', '{"n": 0}', '{"ttl": 10}') \g /dev/null
select noetl.signal_execution(:x, 's', '{"n": 1}') \g /dev/null
select noetl.signal_execution(:x, 's', '{"n": 2}', '{"ttl": 20}') \g /dev/null
set local noetl.test_now = '2030-01-01 00:00:15+00';
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, c.command_id) from noetl_test.claim(:'w', 1) as c \g /dev/null
select is(noetl_test.ctx(:x, 'got'), '1', 'the oldest that has not expired');
select is(noetl_test.entered(:x), 'a one two', 'one signal is for one step');
select is((select result #>> '{context,data,n}' from noetl.run where execution_id = :x), '2', 'and the next for the next');
select is((select status::text from noetl.run where execution_id = :x), 'completed', 'the run has ended');
select is((select count(*) from noetl.signal where execution_id = :x and token_id is null), 1::bigint, 'the expired one was taken by nobody');

select * from finish();
rollback;
