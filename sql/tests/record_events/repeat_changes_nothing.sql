-- Reports come twice: the answer was lost, or the transport delivered it twice.
begin;
select plan(5);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))), noetl_test.step('b'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(noetl_test.report(:'w', :x, :'c', '{"n": 1}') -> 'recorded', '1', 'the first counts');
create temp table before as select * from noetl.event where execution_id = :x;
select is(
  noetl_test.report(:'w', :x, :'c', '{"n": 2}') - array['advance', 'count'], '{"recorded": 0, "late": 1, "retry": [], "rejected": []}', 'the second does not'
);
select is(noetl_test.report(:'w', :x, :'c', '{}', '{"message": "no"}') -> 'late', '1', 'nor does another outcome');
select results_eq(
  format('select count(*) from noetl.event where execution_id = %s', :x), 'select count(*) from before', 'no event is added'
);
select is(
  (select value from noetl.variable where execution_id = :x and scope = 'step' and name = 'a'), '{"n": 1}', 'the first result stands'
);

select * from finish();
rollback;
