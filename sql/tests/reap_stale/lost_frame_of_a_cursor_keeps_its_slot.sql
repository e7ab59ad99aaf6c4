-- A killed worker must cost a cursor no slot, and its frame keeps number and indexes.
begin;
select plan(5);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object(
    'loop', noetl_test.cursor('{"max_in_flight": 2, "policy": "best_effort"}'), 'spec', '{"max_attempts": 2}'::jsonb)))
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.claim(:'w', 1) \g /dev/null
update noetl.runtime set heartbeat_at = heartbeat_at - interval '301 seconds';
select is(noetl.reap_stale(), 1, 'one is lost');
select results_eq(
  format($$ select iter_index, issue, item ->> 'first_index' from noetl.command where execution_id = %s order by iter_index $$, :x),
  $$ values (0, 2, '0'), (1, 1, '1') $$, 'its frame is issued again, as it was'
);
select is((select remaining_slots from noetl.loop where execution_id = :x), 2, 'both slots live');
select noetl_test.worker('w2') as w \gset
select noetl_test.claim(:'w') \g /dev/null
update noetl.runtime set heartbeat_at = heartbeat_at - interval '301 seconds';
select noetl.reap_stale() \g /dev/null
select is(
  (select row(failed, remaining_slots)::text from noetl.loop where execution_id = :x), '(1,1)',
  'a frame whose workers are all lost is a failed item, and ends its slot'
);
select is(noetl_test.work(:x), 'completed', 'the loop ends');

select * from finish();
rollback;
