-- References, not payloads, ride in events.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a')), jsonb_build_object('big', repeat('x', 100000))
) as x \gset
select ok(
  (select context ? 'workload_ref' from noetl.event where execution_id = :x and event_type = 'playbook.initialized'),
  'the first event holds a reference'
);
select is(
  (select p.payload -> 'big' from noetl.result_payload as p where p.execution_id = :x),
  to_jsonb(repeat('x', 100000)), 'which leads to the workload'
);

select * from finish();
rollback;
