-- A typing error should not look like a run in which nothing happened.
begin;
select plan(6);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select throws_ok(
  format('select noetl.list_events(%s, p_type => %L)', :x, 'bogus'), 'NE422', null, 'one that is unknown'
);
select throws_ok(format('select noetl.list_events(%s, p_type => %L)', :x, ''), 'NE422', null, 'none');
select is(
  (select count(*)::integer from noetl.list_events(:x, p_type => 'playbook.initialized')), 1,
  'a known one narrows the list'
);
select is_empty(format('select noetl.list_events(%s, p_type => %L)', :x, 'step.exit'), 'also to nothing');
select ok(
  (select 'a.b' = any(noetl_internal.event_types())) is false
  and cardinality(noetl_internal.event_types()) > 25, 'types come from the check'
);
select lives_ok(
  $$ select t::noetl_internal.event_type from unnest(noetl_internal.event_types()) as t $$,
  'and are those that it lets in'
);
select * from finish();
rollback;
