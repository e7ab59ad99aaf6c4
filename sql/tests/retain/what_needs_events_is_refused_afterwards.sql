-- Who asks for more than is kept is told so, and not that there never was such a run.
begin;
select plan(12);
select noetl_test.retain_alone() \g /dev/null
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.report(:'w', :x, :'c', '{}', '{"message": "no"}') \g /dev/null
select noetl_test.tick() \g /dev/null
select is((select status from noetl.execution_status(:x)), 'failed', 'a run has failed');
select is(noetl_test.retain(), 1::bigint, 'and is retired');

select throws_ok(format('select noetl.rebuild(%s)', :x), 'NE412', null, 'it cannot be rebuilt');
select throws_matching(format('select noetl.rebuild(%s)', :x), 'was retired on \d{4}-\d\d-\d\d: its events were removed', 'which says since when');
select throws_ok(format('select noetl.retry_execution(%s)', :x), 'NE412', null, 'nor retried');
select is(noetl.cancel_execution(:x), false, 'there is nothing to cancel');
select is(noetl.pause_execution(:x), false, 'to pause');
select is(noetl.resume_execution(:x), false, 'or to resume');
select is(noetl.signal_execution(:x, 'go'), 'ended', 'and nobody to take a signal');
select is((noetl_test.report(:'w', :x, :'c') ->> 'late')::integer, 1, 'a report is late');
insert into noetl.change (kind, execution_id) values ('dirty', :x), ('advance', :x), ('cancel', :x);
select noetl_test.tick() \g /dev/null
select is((select status from noetl.execution_status(:x)), 'failed', 'what the outbox still says of it changes nothing');
select throws_ok('select noetl.rebuild(1)', 'NE404', null, 'an unknown run is unknown');

select * from finish();
rollback;
