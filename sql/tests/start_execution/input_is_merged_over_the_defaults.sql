-- The workload is the playbook's defaults with the caller's input merged over them, deep.
begin;
select plan(3);
select noetl_test.playbook(
  jsonb_build_array(noetl_test.step('a')),
  '{"workload": {"a": 1, "deep": {"x": 1, "y": [1, 2]}, "b": "{{ workload.a + 1 }}", "c": "{{ b * 10 }}",
    "d": "{{ input.none | default(7) }}"}}'
) as path \gset
select noetl.start_execution(:'path', '{"a": 5, "deep": {"y": [3]}, "extra": null}') as x \gset
select is(
  (select jsonb_object_agg(name, value) from noetl.variable where execution_id = :x and scope = 'workload'),
  '{"a": 5, "deep": {"x": 1, "y": [3]}, "b": 6, "c": 60, "d": 7, "extra": null}',
  'maps merge, lists are replaced, templates see the merged values and each other'
);
select noetl.start_execution(:'path', '{"b": "{{ not a template }}"}') as y \gset
select is(
  (select value from noetl.variable where execution_id = :y and scope = 'workload' and name = 'b'),
  '"{{ not a template }}"', 'what the caller gives is data, never a template'
);
select is(
  (select context -> 'workload' -> 'a' from noetl.event where execution_id = :x and event_type = 'playbook.initialized'),
  '5', 'the first event tells the workload'
);

select * from finish();
rollback;
