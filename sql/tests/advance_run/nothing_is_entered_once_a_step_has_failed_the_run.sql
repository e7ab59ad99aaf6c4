-- The other branch of a split must not begin its work in a run that has failed a moment before.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', jsonb_build_object('next', noetl_test.next('a', 'b') || '{"spec": {"mode": "inclusive"}}')),
    noetl_test.step('a', '{"loop": {"in": "{{ 1 + \"x\" }}", "iterator": "i"}}'),
    noetl_test.step('b')
  )
) as x \gset
select is(noetl_test.work(:x), 'failed', 'the collection of a cannot be evaluated');
select is(noetl_test.count(:x, 'command.issued'), 1, 'only s was issued');
select ok(noetl_test.entered(:x) !~ 'b', 'b was not entered');

select * from finish();
rollback;
