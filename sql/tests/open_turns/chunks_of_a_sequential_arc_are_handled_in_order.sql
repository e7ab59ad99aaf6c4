-- One after the other, in order: the next begins in the transaction that ends the one before,
-- however that ended.
begin;
select plan(7);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [{"step": "each", "on": "call.partial"}]}}'),
    noetl_test.step('each', '{
      "spec": {"policy": {"admit": {"rules": [{"when": "{{ event.chunk_index == 2 }}", "then": {"allow": false, "discard": true}}]}}},
      "next": {"arcs": [{"step": "bad", "when": "{{ event.name == ''call.error'' }}"}, {"step": "after"}]}}'),
    noetl_test.step('after'), noetl_test.step('bad')
  )
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
create function pg_temp.stand() returns text language sql as $$
  select string_agg(coalesce(t.input #>> '{_partial,chunk_index}', '-') || ' ' || t.status, ', ' order by t.token_id)
  from noetl.token as t where t.step = 'each'
$$;
select noetl_test.chunk(:'w', :x, :'c', i) from generate_series(0, 4) as i \g /dev/null
select is(
  pg_temp.stand(), '0 active, 1 waiting_turn, 2 waiting_turn, 3 waiting_turn, 4 waiting_turn', 'the first is at work, the others wait'
);
select is_empty(format('select * from noetl_test.lost_in_rebuild(%s)', :x), 'and would do so after a rebuild');
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select is(pg_temp.stand(), '1 active, 2 waiting_turn, 3 waiting_turn, 4 waiting_turn', 'it ends: the next begins');
select noetl_test.report(:'w', :x, command_id, '{}', '{"message": "no"}') from noetl_test.claim(:'w') where step = 'each' \g /dev/null
select is(pg_temp.stand(), '3 active, 4 waiting_turn', 'so it does after a failure, and after one that is not admitted');
select is(
  (select string_agg(step, ' ' order by token_id) from noetl.token where execution_id = :x and step in ('after', 'bad')), 'after bad',
  'what follows the step holds up nobody'
);
select noetl_test.report(:'w', :x, :'c'), noetl.end_session(:'w') \g /dev/null
select is(noetl_test.work(:x), 'completed', 'the run ends after the last');
select results_eq(
  format($$select node_name, count(*) from noetl.event where execution_id = %s and event_type = 'step.enter' and status = 'entered' group by 1 order by 1$$, :x),
  $$values ('after', 3::bigint), ('bad', 1), ('each', 4), ('make', 1)$$, 'everything ran as often as it should'
);
select * from finish();
rollback;
