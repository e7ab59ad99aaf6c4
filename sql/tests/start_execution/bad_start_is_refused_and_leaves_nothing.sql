-- Bad input gives one clear error before anything runs.
begin;
select plan(9);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select throws_ok($$ select noetl.start_execution('no/such/path') $$, 'NE404', null, 'unknown path');
select throws_ok(
  format('select noetl.start_execution(%L, %L, %L)', :'path', '{}', '{"version": 7}'), 'NE404', null, 'unknown version'
);
select throws_ok(
  format('select noetl.start_execution(%L, %L)', :'path', '[1]'), 'NE422', null, 'a workload that is no mapping'
);
select throws_ok(
  format('select noetl.start_execution(%L, %L)', :'path', '5'), 'NE422', null, 'a workload that is a number'
);
select throws_ok(
  format('select noetl.start_execution(%L, %L, %L)', :'path', '{}', '{"priority": 42}'), 'NE422', null,
  'a priority that is no digit'
);
select throws_ok(
  format('select noetl.start_execution(%L, %L, %L)', :'path', '{}', '{"priority": "high"}'), 'NE422', null,
  'a priority that is no number'
);
select throws_ok(
  format('select noetl.start_execution(%L, %L, %L)', :'path', '{}', '[1]'), 'NE422', null,
  'options that are no mapping'
);
select lives_ok(format('select noetl.start_execution(%L, null, null)', :'path'), 'nulls are defaults');
select is((select count(*) from noetl.run where path = :'path'), 1::bigint, 'only that one run exists');

select * from finish();
rollback;
