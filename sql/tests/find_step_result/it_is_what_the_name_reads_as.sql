-- A person knows the run and the step, and wants to see what came out of it.
begin;
select plan(8);
select noetl_test.start(jsonb_build_array(
  noetl_test.step('load', jsonb_build_object('next', noetl_test.next('count'))),
  noetl_test.step('count'))) as x \gset
select noetl_test.worker() as w \gset
select throws_ok(format('select * from noetl.find_step_result(%s, %L)', :x, 'load'), 'NE404', null, 'a step that has not ended');
select command_id as c from noetl_test.claim(:'w') \gset
create function pg_temp.stored(p_x bigint, p_command text, p_name text) returns text language sql as $$
  select ref from noetl.record_results(
    (select session_id from noetl.runtime where name = 'w1' and status = 'active'),
    jsonb_build_array(jsonb_build_object('execution_id', p_x, 'command_id', p_command, 'step', 'load', 'name', p_name,
      'store_tier', 'pvc', 'physical_uri', 'file:///r/' || p_name, 'content_type', 'application/x-ndjson', 'bytes', 70000,
      'sha256', repeat('0', 64), 'row_count', 5)))
$$;
select pg_temp.stored(:x, :'c', 'result') as load, pg_temp.stored(:x, :'c', 'later') as later \gset
select noetl_test.report(:'w', :x, :'c', '{}', null, jsonb_build_object('result', jsonb_build_object('status', 'ok',
  'reference', jsonb_build_object('ref', :'load', 'store', 'pvc', 'bytes', 70000), 'context', '{}'::jsonb))) \g /dev/null
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.report(:'w', :x, :'c', '{"n": 5}') \g /dev/null
select results_eq(format('select ref, store_tier, physical_uri, bytes, row_count, payload from noetl.find_step_result(%s, %L)', :x, 'load'),
  format('values (%L, %L, %L, 70000::bigint, 5::bigint, null::jsonb)', :'load', 'pvc', 'file:///r/result'), 'the stored one that is its result, not all that it has stored');
select results_eq(format('select ref, store_tier, content_type, bytes, payload from noetl.find_step_result(%s, %L)', :x, 'count'),
  $$values (null::text, 'eventlog', 'application/json', 8::bigint, '{"n": 5}'::jsonb)$$, 'one that rides in its event');
select is((select sha256 from noetl.find_step_result(:x, 'count')), encode(sha256('{"n": 5}'), 'hex'), 'with a checksum, too');
select is((select count(*) from noetl.find_step_result(:x, 'load')), 1::bigint, 'as often as one asks');
update noetl.result_ref set removed_at = now() where ref = :'load';
select throws_ok(format('select * from noetl.find_step_result(%s, %L)', :x, 'load'), 'NE404', null, 'one whose bytes were removed');
select throws_ok(format('select * from noetl.find_step_result(%s, %L)', :x, 'nobody'), 'NE404', null, 'a step that does not exist');
select throws_ok('select * from noetl.find_step_result(1, ''load'')', 'NE404', null, 'another run has none of it');
select * from finish();
rollback;
