-- A caller that lost our answer starts again.
begin;
select plan(4);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as other \gset
select noetl.start_execution(:'path', '{"n": 1}', '{"idempotency_key": "k"}') as x \gset
select is(
  noetl.start_execution(:'path', '{"n": 2}', '{"idempotency_key": "k"}'), :x, 'the same id'
);
select is((select count(*) from noetl.run where path = :'path'), 1::bigint, 'one run');
select isnt(noetl.start_execution(:'other', '{}', '{"idempotency_key": "k"}'), :x, 'the key is the path''s own');
select isnt(noetl.start_execution(:'path', '{}', '{"idempotency_key": "l"}'), :x, 'another key, another run');

select * from finish();
rollback;
