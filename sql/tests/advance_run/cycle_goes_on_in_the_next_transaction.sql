-- A cycle of steps without tools must not make one endless transaction, nor be forgotten.
begin;
select plan(5);
update noetl.setting set value = '10' where name = 'advance_hops_max';
select noetl_test.start(
  '[{"step": "a", "set": {"ctx.n": "{{ (ctx.n | default(0)) + 1 }}"},
     "next": {"arcs": [{"step": "a", "when": "{{ ctx.n < 35 }}"}, {"step": "b"}]}},
    {"step": "b", "tool": {"kind": "noop"}}]'
) as x \gset
select is(noetl_test.ctx(:x, 'n'), '10', 'ten steps within the first transaction');
select is((select status from noetl.run where execution_id = :x), 'running', 'the run goes on');
select is(noetl.advance_changes(), 1, 'through the outbox');
select is(noetl_test.ctx(:x, 'n'), '20', 'ten by ten');
select is(noetl_test.work(:x), 'completed', 'to the end');

select * from finish();
rollback;
