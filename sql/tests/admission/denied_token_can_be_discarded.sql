-- discard drops the token; the run goes on without it.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('next', noetl_test.next('w'))),
    noetl_test.step('w', '{"spec": {"policy": {"admit": {"rules": [{"else": {"then": {"allow": false, "discard": true}}}]}}}}')
  )
) as x \gset
select is(noetl_test.work(:x), 'completed', 'the run completes');
select is(noetl_test.trail(:x, 'step.exit'), 'step.exit a, step.exit w', 'and tells that w was skipped');

select * from finish();
rollback;
