-- A worker that cannot say what went wrong must not turn a failure into a success.
begin;
select plan(2);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset

select noetl_test.report(:'w', :x, :'c', '{}', null, '{"type": "command.failed"}');
select noetl_test.tick();
select is(
  (select status from noetl.run where execution_id = :x), 'failed', 'the run failed'
);
select is(
  (select error ->> 'step' from noetl.run where execution_id = :x), 'a', 'and names the step'
);

select * from finish();
rollback;
