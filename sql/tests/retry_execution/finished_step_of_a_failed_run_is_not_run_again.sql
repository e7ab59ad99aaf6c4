-- Its report was confirmed while another branch had just failed the run.
begin;
select plan(7);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', jsonb_build_object('next', noetl_test.next('a', 'c') || '{"spec": {"mode": "inclusive"}}')),
    noetl_test.step('a'),
    noetl_test.step('c', jsonb_build_object('set', '{"ctx.seen": "{{ event.name }}"}'::jsonb, 'next', noetl_test.next('d'))),
    noetl_test.step('d')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', c.execution_id, c.command_id) from noetl_test.claim(:'w') as c;
select noetl.record_events(
  jsonb_agg(
    noetl_test.event(
      :'w', c.execution_id, c.command_id, '{"n": 1}', case c.step when 'a' then '{"message": "no"}'::jsonb end
    ) order by c.step
  )
) ->> 'recorded' as recorded
from noetl_test.claim(:'w') as c \gset
select is(:recorded, 2, 'both reports are taken');
select noetl.advance_changes();
select is((select status::text from noetl.run where execution_id = :x), 'failed', 'the first fails the run');
select is(noetl_test.entered(:x), 's a c', 'and nothing goes on');
select noetl.retry_execution(:x);
select is(
  (select string_agg(step, ' ' order by step) from noetl.command where execution_id = :x), 'a d',
  'taken up again, c has ended and d follows it'
);
select is(noetl_test.ctx(:x, 'seen'), '"call.done"', 'with its set');
select is(noetl_test.work(:x), 'completed', 'the run ends well');
select is(
  (
    select count(*)::integer from noetl.event
    where execution_id = :x and event_type = 'command.issued' and node_name = 'c'
  ),
  1, 'c was issued once'
);

select * from finish();
rollback;
