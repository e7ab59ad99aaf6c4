-- An empty collection finishes at once, well.
begin;
select plan(3);
create function pg_temp.outcome(p_more jsonb) returns text language sql as $$
  select noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('a', p_more || '{"next": {"arcs": [{"step": "b", "when": "{{ event.name == ''loop.done'' and a.total == 0 and a.results == [] }}"}]}}'),
      noetl_test.step('b')
    )
  )
$$;
select is(pg_temp.outcome(jsonb_build_object('loop', noetl_test.loop(0))), 'completed: a b', 'sequential');
select is(pg_temp.outcome(jsonb_build_object('loop', noetl_test.loop(0, '{"mode": "parallel"}'))), 'completed: a b', 'parallel');
select is(
  pg_temp.outcome(jsonb_build_object('loop', noetl_test.loop(0), 'spec', '{"loop_mode": "fanout"}'::jsonb)), 'completed: a b', 'fan-out'
);

select * from finish();
rollback;
