-- Who finds a wrong number in a report asks where it came from.
begin;
select plan(6);
select noetl_test.start(jsonb_build_array(
  noetl_test.step('load', jsonb_build_object('next', noetl_test.next('count'))),
  noetl_test.step('count', jsonb_build_object('next', noetl_test.next('report'))),
  noetl_test.step('report'))) as x \gset
select noetl_test.worker() as w \gset
create function pg_temp.stored(p_x bigint, p_command text, p_step text, p_sources jsonb) returns text language sql as $$
  select ref from noetl.record_results(
    (select session_id from noetl.runtime where name = 'w1' and status = 'active'),
    jsonb_build_array(jsonb_build_object('execution_id', p_x, 'command_id', p_command, 'step', p_step, 'name', 'result',
      'store_tier', 'pvc', 'physical_uri', 'file:///r/' || p_step, 'content_type', 'application/x-ndjson', 'bytes', 70000,
      'sha256', repeat('0', 64), 'row_count', 5, 'sources', p_sources)))
$$;
select command_id as c from noetl_test.claim(:'w') \gset
select pg_temp.stored(:x, :'c', 'load', '[]') as load \gset
select noetl_test.report(:'w', :x, :'c', '{}', null, jsonb_build_object('result', jsonb_build_object('status', 'ok',
  'reference', jsonb_build_object('ref', :'load', 'store', 'pvc', 'bytes', 70000), 'context', '{}'::jsonb))) \g /dev/null
-- count's result is small: it rides in its event and says what it was made from.
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.report(:'w', :x, :'c', '{}', null, jsonb_build_object('result', jsonb_build_object('status', 'ok',
  'context', jsonb_build_object('data', 5, 'sources', jsonb_build_array(:'load'))))) \g /dev/null
select command_id as c from noetl_test.claim(:'w') \gset
select pg_temp.stored(:x, :'c', 'report', jsonb_build_array(:'load')) as report \gset
select is((select parent_ref_id from noetl.result_ref where ref = :'report'), noetl_internal.ref_id_of(:'load'), 'S.B: the first source is the parent');
select noetl_test.report(:'w', :x, :'c', '{}', null, jsonb_build_object('result', jsonb_build_object('status', 'ok',
  'reference', jsonb_build_object('ref', :'report', 'store', 'pvc', 'bytes', 70000), 'context', '{}'::jsonb))) \g /dev/null
select results_eq(
  format('select depth, step, store_tier, bytes, row_count, source_refs from noetl.trace(%s, %L)', :x, 'report'),
  format('values (0, %L, %L, 70000::bigint, 5::bigint, array[%L]), (1, %L, %L, 70000, 5, array[]::text[])', 'report', 'pvc', :'load', 'load', 'pvc'),
  'S.B: a step''s result, and what it was made from'
);
select results_eq(
  format('select depth, step, store_tier, ref from noetl.trace(%s, %L)', :x, 'count'),
  format('values (0, %L, %L, null), (1, %L, %L, %L)', 'count', 'eventlog', 'load', 'pvc', :'load'),
  'S.B: also of one that rides in its event'
);
select is((select count(*) from noetl.trace(:x, 'report', 1)), 1::bigint, 'no more rows than wanted');
select throws_ok(format('select * from noetl.trace(%s, %L)', :x, 'nobody'), 'NE404', null, 'a step that has not run');
select throws_ok('select * from noetl.trace(1, ''a'')', 'NE404', null, 'an execution that does not exist');
select * from finish();
rollback;
