-- Playbooks name their last step as final_step and lead to it as well: it runs once.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "f"}]}}'),
    noetl_test.step('a'), noetl_test.step('f')
  ),
  '{}', '{"executor": {"spec": {"final_step": "f"}}}'
) as x \gset
select noetl_test.work(:x, '{"f": {"data": {"answer": 42}}}', 1);
select is(noetl_test.entered(:x), 's a f', 'once');
select is(
  (select result #> '{context,data}' from noetl.run where execution_id = :x), '{"answer": 42}', 'its result is the run''s'
);

select * from finish();
rollback;
