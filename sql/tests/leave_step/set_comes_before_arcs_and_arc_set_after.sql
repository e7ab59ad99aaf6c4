-- The order at a step's end: its set, the conditions, the chosen arcs' sets, the destinations.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', '{"set": {"ctx.n": "{{ output.data.n }}", "ctx.deep.x": 1},
      "next": {"arcs": [{"step": "b", "when": "{{ ctx.n == 3 and ctx.m is undefined }}",
        "set": {"ctx.m": "{{ ctx.n + 1 }}", "ctx.deep.y": "{{ ctx.deep.x + 1 }}"}, "input": {"k": "{{ ctx.m }}"}}]}}'),
    noetl_test.step('b')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id, '{"n": 3}') from noetl_test.claim(:'w') \g /dev/null
select is(noetl_test.ctx(:x, 'm'), '4', 'the arc''s set sees the step''s');
select is(noetl_test.ctx(:x, 'deep'), '{"x": 1, "y": 2}', 'paths go into mappings and keep the rest');
select is((select input from noetl_test.claim(:'w')), '{"k": 4}', 'the arc''s input sees the arc''s set');

select * from finish();
rollback;
