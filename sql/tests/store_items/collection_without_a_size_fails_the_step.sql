-- A report that lacks what it must have cannot leave the run waiting.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))),
    noetl_test.step('b', '{"loop": {"in": "{{ a.rows }}", "iterator": "row"}, "next": {"arcs": [{"step": "c", "when": "{{ event.name == ''call.error'' }}"}]}}'),
    noetl_test.step('c')
  )
) as x \gset
select is(
  noetl_test.work(:x, '{"a": {"result": {"status": "ok", "reference": {"ref": "noetl://1/result/1", "store": "pvc"}, "context": {}}}}'),
  'completed', 'an arc takes it up'
);
select is(noetl_test.entered(:x), 'a b c', 'as the error of the loop''s step');

select * from finish();
rollback;
