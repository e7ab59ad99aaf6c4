-- Who reads "command.issued" in a log asks what became of it.
begin;
select plan(8);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as other \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select event_id as e, meta ->> 'command_id' as c from noetl.event
where execution_id = :x and event_type = 'command.issued' \gset
select event_id as begun from noetl.event
where execution_id = :x and event_type = 'playbook.initialized' \gset

select results_eq(
  format('select execution_id, event_id, command_id, step, status, pool, worker from noetl.find_command(%s)', :e),
  format('values (%s::bigint, %s::bigint, %L, %L, %L, %L, null)', :x, :e, :'c', 'a', 'queued', 'default'),
  'a queued one, found among the open ones'
);
select results_eq(
  format('select command_id from noetl.find_command(%s, %s)', :e, :x), format('values (%L)', :'c'), 'the same by its execution'
);
select throws_ok(format('select * from noetl.find_command(%s, %s)', :e, :other), 'NE404', null, 'not in another execution');
select throws_ok(format('select * from noetl.find_command(%s)', :begun), 'NE404', null, 'an event that issued none');
select throws_ok('select * from noetl.find_command(0)', 'NE404', null, 'no event at all');

select noetl_test.worker() as w \gset
select count(*) from noetl_test.claim(:'w') \g /dev/null
select results_eq(
  format('select status, worker, claimed_at is not null from noetl.find_command(%s)', :e),
  $$ values ('leased', 'w1', true) $$, 'a leased one, and who has it'
);
select noetl.cancel_execution(:x) \g /dev/null
select results_eq(
  format('select status, worker from noetl.find_command(%s, %s)', :e, :x), $$ values ('ended', null::text) $$, 'one that has ended'
);
select throws_ok(format('select * from noetl.find_command(%s)', :e), 'NE404', null, 'which is not among the open ones');
select * from finish();
rollback;
