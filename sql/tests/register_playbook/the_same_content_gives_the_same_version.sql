-- A caller that lost our reply registers again: no second version may appear.
begin;
select plan(5);

create temporary table doc as
select '{"metadata": {"name": "again"}, "workflow": [{"step": "a"}]}'::jsonb as content;

select results_eq(
  'select r.version, r.created from doc, noetl.register_playbook(content) as r',
  $$ values (1, true) $$, 'the first registration makes version 1'
);
select results_eq(
  'select r.version, r.created from doc, noetl.register_playbook(content) as r',
  $$ values (1, false) $$, 'the same again makes nothing'
);
select results_eq(
  $$ select r.version, r.created from doc,
     noetl.register_playbook(jsonb_set(content, '{workload}', '{"x": 1}')) as r $$,
  $$ values (2, true) $$, 'another content is the next version'
);
select results_eq(
  'select r.version, r.created from doc, noetl.register_playbook(content) as r',
  $$ values (3, true) $$, 'going back is a new version: the latest is what runs'
);
select results_eq(
  $$ select r.path, r.version from doc, noetl.register_playbook(content, 'elsewhere') as r $$,
  $$ values ('elsewhere', 1) $$, 'another path counts on its own'
);

select * from finish();
rollback;
