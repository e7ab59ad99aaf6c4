-- A caller that repeats its start after a disaster must find the run it has.
begin;
select plan(1);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.start_execution(:'path', '{}', '{"idempotency_key": "k"}') as x \gset
-- Not truncate: its lock would meet those of tests that run at the same time.
delete from noetl.start_key;
select noetl.rebuild(:x) \g /dev/null
select is(noetl.start_execution(:'path', '{}', '{"idempotency_key": "k"}'), :x, 'the same run');

select * from finish();
rollback;
