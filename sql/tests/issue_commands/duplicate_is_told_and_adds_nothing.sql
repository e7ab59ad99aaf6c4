-- Two sessions may decide the same: the index and not luck keeps the second out.
begin;
select plan(6);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select jsonb_build_array(to_jsonb(c)) as drafts from noetl.command as c where execution_id = :x \gset
select results_eq(
  format('select outcome from noetl.issue_commands(%L)', :'drafts'), $$ values ('already issued') $$, 'P0.1-2: it is told'
);
select is(noetl_test.count(:x, 'command.issued'), 1, 'P0.1-2: one event');
select is((select count(*) from noetl.command where execution_id = :x), 1::bigint, 'P0.1-2: one row');
select noetl_test.work(:x);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as y \gset
select results_eq(
  format(
    'select outcome from noetl.issue_commands(%L)',
    (select jsonb_agg(d) from (
      select to_jsonb(c) as d from noetl.command as c where execution_id = :y
      union all select to_jsonb(c) || '{"command_id": "z"}' from noetl.command as c where execution_id = :y) as n)
  ),
  $$ values ('already issued'), ('issued') $$, 'a new one beside it is issued'
);
select throws_ok(format('select * from noetl.issue_commands(%L)', :'drafts'), 'NE404', null, 'an ended run issues nothing');
select is((select count(*) from noetl.command where execution_id = :x), 0::bigint, 'and has no live command');

select * from finish();
rollback;
