-- A cycle of defaults has no value; it must be an error, not a hang.
begin;
select plan(2);
select noetl_test.playbook(
  jsonb_build_array(noetl_test.step('a')), '{"workload": {"a": "{{ workload.b }}", "b": "{{ a }}"}}'
) as path \gset
select throws_ok(format('select noetl.start_execution(%L)', :'path'), 'NE422', null, 'a cycle is refused');
select lives_ok(format('select noetl.start_execution(%L, %L)', :'path', '{"b": 1}'), 'a value given breaks it');

select * from finish();
rollback;
