-- final_step runs once, after quiescence, and its result is the run's.
begin;
select plan(4);
create function pg_temp.steps() returns jsonb language sql as $$
  select jsonb_build_array(
    noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}]}}'),
    noetl_test.step('a'), noetl_test.step('b'), noetl_test.step('f')
  )
$$;
select is(
  noetl_test.outcome(pg_temp.steps(), '{}', '{}', '{"executor": {"spec": {"final_step": "f"}}}'),
  'completed: s a b f', 'after both branches'
);
select is(
  noetl_test.outcome(
    pg_temp.steps(), '{"b": {"error": {"message": "no"}}}', '{}', '{"executor": {"spec": {"final_step": "f"}}}'
  ),
  'failed: s a b (b)', 'not after a failure'
);
select is(
  noetl_test.outcome(
    pg_temp.steps(), '{"f": {"error": {"message": "no"}}}', '{}', '{"executor": {"spec": {"final_step": "f"}}}'
  ),
  'failed: s a b f (f)', 'its failure is the run''s'
);
select noetl_test.start(pg_temp.steps(), '{}', '{"executor": {"spec": {"final_step": "f"}}}') as x \gset
select noetl_test.work(:x, '{"f": {"data": {"answer": 42}}}');
select is(
  (select result #> '{context,data}' from noetl.run where execution_id = :x), '{"answer": 42}', 'its result is the run''s'
);

select * from finish();
rollback;
