-- A fan-out whose every shard fails must not run them all.
begin;
select plan(5);
create function pg_temp.counts(p_fanout jsonb) returns text language plpgsql as $$
declare
  v_id bigint := noetl_test.start(
    jsonb_build_array(
      noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(40), 'spec', jsonb_build_object('loop_mode', 'fanout', 'fanout', p_fanout || '{"max_shard_retries": 0}')))
    )
  );
  v_status text := noetl_test.work(v_id, '{"a": {"error": {"message": "no"}}}', 1);
begin
  return (select v_status || ' ' || l.done || ' ' || l.failed || ' ' || l.cancelled from noetl.loop as l where l.execution_id = v_id)
    || coalesce((select p from noetl_test.problems(v_id) as p limit 1), '');
end;
$$;
select is(pg_temp.counts('{"max_failures": 5}'), 'failed 0 6 34', 'a number');
select is(pg_temp.counts('{"max_failures": "10%"}'), 'failed 0 5 35', 'a percentage');
select is(pg_temp.counts('{"max_failures": 5, "allow_partial": true}'), 'failed 0 6 34', 'also when partial is allowed');
select is(pg_temp.counts('{"fail_fast": true}'), 'failed 0 1 39', 'fail_fast: the first');
select is(pg_temp.counts('{}'), 'failed 0 40 0', 'without either, every shard runs');

select * from finish();
rollback;
