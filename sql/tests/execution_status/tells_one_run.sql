-- One row for a person, a command line or a page.
begin;
select plan(6);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))), noetl_test.step('b'))) as x \gset
set local noetl.test_now = '2030-01-01 00:00:10+00';
select is((select row(status, duration_s, current_steps)::text from noetl.execution_status(:x)), '(running,10,{a})', 'while it runs');
select noetl_test.work(:x, '{"b": {"error": {"message": "no", "kind": "sql"}}}');
set local noetl.test_now = '2030-01-01 00:01:00+00';
select is((select row(status, duration_s, current_steps)::text from noetl.execution_status(:x)), '(failed,10,{})', 'when it has ended');
select is((select error from noetl.execution_status(:x)), '{"step": "b", "kind": "sql", "message": "no"}', 'why');
select is((select steps #>> '{a,status}' from noetl.execution_status(:x)), 'ok', 'step by step');
select throws_ok('select * from noetl.execution_status(5)', 'NE404', null, 'an unknown run is refused');
set local enable_seqscan = off;  -- an empty table may be as small as a page
select unalike(
  (select string_agg(line, E'\n') from noetl_test.plan(format('select * from noetl.execution where execution_id = %s', :x)) as line), '%Seq Scan%', 'P1.2-4: by key, not by a scan'
);

select * from finish();
rollback;
