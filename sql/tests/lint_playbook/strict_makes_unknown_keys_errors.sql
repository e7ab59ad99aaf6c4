-- An unknown key may be a forgotten feature: a warning for people, an error for a pipeline that
-- asks for it.
begin;
select plan(4);

create temporary table doc as
select '{"metadata": {"name": "t"}, "workflow": [{"step": "a", "colour": 1, "tol": {"kind": "noop"}}]}'::jsonb
  as content;

select results_eq(
  'select l.severity, l.path from doc, noetl.lint_playbook(content) as l',
  $$ values ('warning', 'workflow[0].colour'), ('error', 'workflow[0].tol') $$,
  'a stranger is a warning, a slip an error'
);
select results_eq(
  'select split_part(l.hint, '','', 1) from doc, noetl.lint_playbook(content) as l',
  $$ values ('Known keys here: args'), ('Did you mean "tool"?') $$,
  'which hints at what there is, or at what was meant'
);
select results_eq(
  'select l.severity, l.path from doc, noetl.lint_playbook(content, true) as l',
  $$ values ('error', 'workflow[0].colour'), ('error', 'workflow[0].tol') $$,
  'strict: both are errors'
);
select is_empty('select from noetl.catalog', 'linting stores nothing');

select * from finish();
rollback;
