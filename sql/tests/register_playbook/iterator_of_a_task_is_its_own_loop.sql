-- An iterator on a step's only tool is the older spelling of the step's loop; anywhere else it is a
-- loop within: of the task, one item after the other.
begin;
select plan(7);
select catalog_id as id from noetl.register_playbook('{
  "apiVersion": "noetl.io/v2", "kind": "Playbook", "metadata": {"name": "t", "path": "tests/t"},
  "workflow": [
    {"step": "plain", "tool": {"kind": "noop", "iterator": {"items": [1], "item": "n"}}, "next": [{"step": "named"}]},
    {"step": "named", "tool": {"t": {"kind": "noop", "iterator": {"items": [1], "item": "n"}}}, "next": [{"step": "listed"}]},
    {"step": "listed", "tool": [{"kind": "noop"}, {"t": {"kind": "noop", "iterator": {"items": [1], "item": "n"}}}],
     "next": [{"step": "within"}]},
    {"step": "within", "loop": {"in": [1], "iterator": "m"}, "tool": {"kind": "noop", "iterator": {"items": "{{ iter.m }}", "item": "n"}}}
  ]}'::jsonb) \gset
create temporary table d as
select s.step, s.definition as d from noetl.catalog_step as s where s.catalog_id = :id;
select results_eq(
  $$ select step, d #>> '{loop,iterator}', d #> '{task,tools,0,iterator}', d #> '{task,tools,1,iterator}' from d order by step $$,
  $$
    values
      ('listed', null, null::jsonb, '{"item": "n", "items": [1]}'::jsonb),
      ('named', 'n', null, null), ('plain', 'n', null, null),
      ('within', 'm', '{"item": "n", "items": "{{ iter.m }}"}', null)
  $$,
  'the loop of the step where it has no other, else of the task'
);
create function pg_temp.lint(p_step jsonb) returns setof text language sql as $$
  select concat_ws(' ', l.severity, l.path, l.message)
  from noetl.lint_playbook(jsonb_build_object(
    'apiVersion', 'noetl.io/v2', 'kind', 'Playbook', 'metadata', '{"name": "t"}'::jsonb,
    'workflow', jsonb_build_array('{"step": "a"}'::jsonb || p_step)
  )) as l
$$;
select results_eq(
  $$ select pg_temp.lint('{"tool": {"kind": "noop", "iterator": {"items": [1]}}}') $$,
  $$ values ('warning workflow[0].tool.iterator older spelling "iterator"') $$, 'an older spelling is told'
);
select results_eq(
  $$ select pg_temp.lint('{"tool": {"t": {"kind": "noop", "iterator": {"items": [1]}}}}') $$,
  $$ values ('warning workflow[0].tool.t.iterator older spelling "iterator"') $$, 'on a named tool too'
);
select is_empty(
  $$ select pg_temp.lint('{"tool": [{"kind": "noop"}, {"kind": "noop", "iterator": {"items": [1]}}]}') $$, 'a loop within is none'
);
select results_eq(
  $$ select pg_temp.lint('{"tool": [{"kind": "noop", "iterator": {"item": "n"}}]}') $$,
  $$ values ('error workflow[0].tool[0].iterator.items "items" is missing') $$, 'without items it is refused'
);
select results_eq(
  $$ select pg_temp.lint('{"tool": [{"kind": "noop", "iterator": {"items": 3}}]}') $$,
  $$ values ('error workflow[0].tool[0].iterator.items is 3, expected a list') $$, 'and with what is no list'
);
select results_eq(
  $$ select pg_temp.lint('{"tool": {"kind": "noop", "iterator": {"items": "three"}}}') $$,
  $$
    values
      ('warning workflow[0].tool.iterator older spelling "iterator"'),
      ('error workflow[0].tool.iterator.items is the string "three", expected a list')
  $$, 'as with the older spelling'
);

select * from finish();
rollback;
