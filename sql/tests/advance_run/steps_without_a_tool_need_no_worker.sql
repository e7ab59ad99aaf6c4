-- A step without a tool is a place for set and arcs; the engine ends it itself.
begin;
select plan(3);
select noetl_test.start(
  '[{"step": "a", "set": {"ctx.n": 1}, "next": {"arcs": [{"step": "b"}]}}, {"step": "b", "set": {"ctx.n": "{{ ctx.n + 1 }}"}}]'
) as x \gset
select is((select status from noetl.run where execution_id = :x), 'completed', 'completed at its start');
select is(noetl_test.ctx(:x, 'n'), '2', 'with its sets made');
select is(noetl_test.count(:x, 'command.issued'), 0, 'and no command');

select * from finish();
rollback;
