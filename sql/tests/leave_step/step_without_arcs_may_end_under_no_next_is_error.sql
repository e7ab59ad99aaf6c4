-- Otherwise no playbook with that setting could ever complete.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))), noetl_test.step('b')),
  '{}', '{"executor": {"spec": {"no_next_is_error": true}}}'
) as x \gset
select is(noetl_test.work(:x), 'completed', 'a step that leads nowhere is an end');

select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', '{"next": {"arcs": [{"step": "b", "when": "{{ false }}"}]}}'), noetl_test.step('b')
  ),
  '{}', '{"executor": {"spec": {"no_next_is_error": true}}}'
) as y \gset
select is(noetl_test.work(:y), 'failed', 'a step none of whose arcs matches is an error');

select * from finish();
rollback;
