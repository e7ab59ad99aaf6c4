-- Bytes that nobody may need any more are given up; the row stays, for lineage.
begin;
select plan(9);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
create function pg_temp.stored(p_x bigint, p_command text, p_name text, p_more jsonb) returns text language sql as $$
  select ref from noetl.record_results(
    (select session_id from noetl.runtime where name = 'w1' and status = 'active'),
    jsonb_build_array(jsonb_build_object('execution_id', p_x, 'command_id', p_command, 'step', 'a', 'name', p_name,
      'store_tier', 'pvc', 'physical_uri', 'file:///r/' || p_name, 'content_type', 'application/json', 'bytes', 1,
      'sha256', repeat('0', 64)) || p_more))
$$;
select pg_temp.stored(:x, :'c', 'kept', '{}') as kept, pg_temp.stored(:x, :'c', 'brief', '{"ttl": 60}') as brief,
  pg_temp.stored(:x, :'c', 'step', '{"scope": "step"}') as step, pg_temp.stored(:x, :'c', 'run', '{"scope": "execution"}') as run,
  pg_temp.stored(:x, :'c', 'row', '{"ttl": 60, "store_tier": "db", "physical_uri": null, "payload": {"n": 1}}') as row \gset
select is((select count(*) from noetl.expire_results(:'w', 100)), 0::bigint, 'nothing is over yet');
set local noetl.test_now = '2030-01-01 00:01:01+00';
select is(noetl.read_result(:'w', :'brief') ->> 'store_tier', 'pvc', 'readable until it is collected');
select results_eq(format('select * from noetl.expire_results(%L, 100) order by 2', :'w'), $$values ('pvc', 'file:///r/brief'), ('db', null)$$, 'their time to live is over');
select is((select count(*) from noetl.result_payload where execution_id = :x), 0::bigint, 'a payload in the database goes with it');
select throws_ok(format('select noetl.read_result(%L, %L)', :'w', :'brief'), 'NE404', null, 'it reads as missing');
select throws_ok(format('select * from noetl.find_result(%L)', :'brief'), 'NE404', null, 'for people too');
select noetl_test.report(:'w', :x, :'c') \g /dev/null
select results_eq(format('select * from noetl.expire_results(%L, 100) order by 2', :'w'), $$values ('pvc', 'file:///r/run'), ('pvc', 'file:///r/step')$$, 'the command and the run have ended');
select is((select count(*) from noetl.expire_results(:'w', 100)), 0::bigint, 'each is handed out once');
select is((select array_agg(name order by ref_id) from noetl.list_results(:x) where removed_at is null), '{kept}', 'the row tells when it went');
select * from finish();
rollback;
