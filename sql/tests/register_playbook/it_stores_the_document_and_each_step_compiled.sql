-- Engine and workers read only the compiled form: it must be there, with every older spelling
-- resolved.
begin;
select plan(9);

select catalog_id as id, warnings from noetl.register_playbook('{
  "apiVersion": "noetl.io/v2", "kind": "Playbook", "metadata": {"name": "t", "path": "tests/t"},
  "executor": {"spec": {"max_attempts": 7, "fanout": {"max_shard_retries": 4}}},
  "workload": {"days": [1, 2], "url": "{{ workload.days[0] }}/x"},
  "workbook": [{"name": "greet", "kind": "noop", "result": {"hello": 1}}],
  "workflow": [
    {"step": "split", "set_ctx": {"a": "{{ outcome.data.x }}"},
     "next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "l"}, {"step": "r"}]}},
    {"step": "l", "tool": [{"say": {"kind": "workbook", "task": "greet"}}], "next": [{"step": "end"}]},
    {"step": "r", "spec": {"loop_mode": "fanout", "fanout": {"max_failures": "5%"}},
     "loop": {"in": "{{ workload.days }}", "spec": {"iterator": "day"}},
     "tool": {"kind": "http", "args": {"d": "{{ iter.day }}"}, "spec": {"url": "http://x", "policy": {"rules": [
       {"cond": "outcome.status == ''error''", "then": {"do": "retry", "attempts": 2}},
       {"else": {"do": "continue", "set_iter": {"p": 1}}}]}}},
     "next": {"arcs": [{"step": "end", "cond": "event.name == ''call.done''"}]}},
    {"step": "end"}
  ]}'::jsonb) \gset
create temporary table d as
select s.step, s.definition as d from noetl.catalog_step as s where s.catalog_id = :id;

select is(
  (select c.compiled ->> 'entry_step' from noetl.catalog as c where c.catalog_id = :id), 'split',
  'the first step is the entry'
);
select ok(
  (select c.compiled #> '{workload_templates,url,node}' is not null from noetl.catalog as c where c.catalog_id = :id),
  'a default that holds a template is compiled'
);
select is(
  (select d #> '{set,0,value,names}' from d where step = 'split'), '[["output", "data"]]',
  'set_ctx is set, outcome is output'
);
select is(
  (select d #> '{task,tools,0}' from d where step = 'l') - '{rules,set,timeout}'::text [],
  '{"name": "say", "kind": "noop", "options": {"result": {"hello": 1}}}',
  'the tool of the workbook stands in its place'
);
select is(
  (select d -> 'loop' from d where step = 'r') - '{in,in_raw,key}'::text [],
  '{"iterator": "day", "mode": "fanout", "max_in_flight": null, "policy": "fail_fast",
    "max_shard_retries": 4, "allow_partial": false, "fail_fast": false, "max_failures": "5%"}',
  'the fan-out policy is merged over the default of the executor'
);
select is(
  (select jsonb_path_query_array(d, '$.task.tools[0].rules[*].do') from d where step = 'r'),
  '["retry", "continue"]', 'rules are in one form'
);
select is(
  (select d #> '{task,tools,0,options}' from d where step = 'r'),
  '{"url": "http://x", "input": {"d": "{{ iter.day }}"}}',
  'options under spec and directly are one'
);
select is(
  (select d #> '{next,arcs,0,when,node}' from d where step = 'r'),
  noetl_internal.compile_condition('"event.name == ''loop.done''"') -> 'node',
  'the end of a loop is loop.done'
);
select is(
  (select d -> 'join' from d where step = 'end'),
  '{"mode": "all", "splits": ["split"], "from": ["l", "r", "split"]}',
  'branches of an inclusive split join'
);

select * from finish();
rollback;
