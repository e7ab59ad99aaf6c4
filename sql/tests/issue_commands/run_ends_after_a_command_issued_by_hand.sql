-- An ended run has no live command, also none that no step has issued.
begin;
select plan(4);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select command_id as a from noetl.command where execution_id = :x \gset
select outcome from noetl.issue_commands((
  select jsonb_agg(to_jsonb(c) || '{"command_id": "by-hand"}') from noetl.command as c where execution_id = :x
)) \gset
select is(:'outcome'::text, 'issued', 'issued beside the own command of the step');
select noetl_test.worker() as w \gset
select count(*) from noetl_test.claim(:'w') \gset
select noetl_test.report(:'w', :x, :'a');
select is((select status::text from noetl.run where execution_id = :x), 'running', 'the step has ended, the run has not');
select is(noetl_test.report(:'w', :x, 'by-hand') ->> 'recorded', '1', 'it is reported');
select is((select status::text from noetl.run where execution_id = :x), 'completed', 'and the run ends');

select * from finish();
rollback;
