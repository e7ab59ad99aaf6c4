-- The step's set reads a result that a failed tool does not have; the user must read why the tool
-- failed.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', '{"set": {"ctx.n": "{{ output.data.n }}"}}'))
) as x \gset
select noetl_test.work(:x, '{"a": {"error": {"message": "boom"}, "result": null}}');
select is(
  (select error ->> 'message' from noetl.run where execution_id = :x), 'boom', 'the run names the tool''s error'
);

select noetl_test.start(
  jsonb_build_array(
    noetl_test.step(
      'a',
      '{"set": {"ctx.n": "{{ output.data.n }}"},
        "next": {"arcs": [{"step": "b", "when": "{{ event.name == ''call.error'' }}"}]}}'
    ),
    noetl_test.step('b')
  )
) as y \gset
select is(
  noetl_test.work(:y, '{"a": {"error": {"message": "boom"}, "result": null}}'), 'completed',
  'an arc can still take the failure up'
);

select * from finish();
rollback;
