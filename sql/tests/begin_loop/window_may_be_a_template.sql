-- loop.spec values may be templates; what is no positive number is the playbook's error.
begin;
select plan(4);
create function pg_temp.outcome(p_window jsonb) returns text language plpgsql as $$
declare
  v_id bigint := noetl_test.start(
    jsonb_build_array(
      noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(9, jsonb_build_object('mode', 'parallel', 'max_in_flight', '{{ workload.w }}'))))
    ),
    jsonb_build_object('w', p_window)
  );
begin
  return (select count(*) from noetl.command where execution_id = v_id)::text || ' ' || noetl_test.work(v_id);
end;
$$;
select is(pg_temp.outcome('3'), '3 completed', 'a number');
select is(pg_temp.outcome('"4"'), '4 completed', 'a number in a string');
select is(pg_temp.outcome('0'), '0 failed', 'zero');
select is(pg_temp.outcome('"many"'), '0 failed', 'text');

select * from finish();
rollback;
