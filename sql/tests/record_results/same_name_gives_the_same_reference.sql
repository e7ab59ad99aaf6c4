-- Persist before emit: a worker that repeats itself must not store twice.
begin;
select plan(6);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.worker('other') as o \gset
select command_id as c from noetl_test.claim(:'w') \gset
select jsonb_build_array(jsonb_build_object('execution_id', :x, 'command_id', :'c', 'step', 'a', 'name', 'a', 'store_tier', 'db',
  'content_type', 'application/json', 'bytes', 7, 'sha256', repeat('0', 64), 'payload', '{"n": 1}'::jsonb)) as r \gset
select ref from noetl.record_results(:'w', :'r') \gset
select is((select ref from noetl.record_results(:'w', :'r')), :'ref', 'the same reference');
select is((select count(*) from noetl.result_payload where execution_id = :x), 1::bigint, 'stored once');
select is(noetl.read_result(:'w', :'ref') -> 'payload', '{"n": 1}', 'and readable');
select throws_ok(format('select * from noetl.record_results(%L, %L)', :'o', :'r'), 'NE403', null, 'a session that does not hold the command is refused');
select throws_ok(format('select noetl.read_result(%L, %L)', :'o', :'ref'), 'NE403', null, 'nor may it read');
select throws_ok(format('select noetl.read_result(%L, %L)', :'w', 'noetl://1/result/1'), 'NE404', null, 'an unknown reference');

select * from finish();
rollback;
