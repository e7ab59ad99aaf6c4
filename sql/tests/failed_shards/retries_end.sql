-- A shard that always fails must not run for ever.
begin;
select plan(5);
create function pg_temp.issued(p_fanout jsonb, p_error jsonb) returns text language plpgsql as $$
declare
  v_id bigint := noetl_test.start(
    jsonb_build_array(
      noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(2), 'spec', jsonb_build_object('loop_mode', 'fanout', 'fanout', p_fanout)))
    )
  );
begin
  return noetl_test.work(v_id, jsonb_build_object('a[0]', jsonb_build_object('error', p_error))) || ' '
    || noetl_test.count(v_id, 'command.issued');
end;
$$;
select is(pg_temp.issued('{}', '{"message": "no"}'), 'failed 4', 'P3.3-1: two retries by default');
select is(pg_temp.issued('{"max_shard_retries": 4}', '{"message": "no"}'), 'failed 6', 'P3.3-1: as many as asked');
select is(pg_temp.issued('{"max_shard_retries": 0}', '{"message": "no"}'), 'failed 2', 'none if so asked');
select is(pg_temp.issued('{}', '{"message": "no", "retryable": false}'), 'failed 2', 'none for what cannot come right');
select is(pg_temp.issued('{"allow_partial": true}', '{"message": "no"}'), 'completed 4', 'allow_partial bears the failure');

select * from finish();
rollback;
