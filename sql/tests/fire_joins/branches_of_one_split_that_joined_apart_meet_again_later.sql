-- Two joins bring two branches of a split together each; the step behind both still runs once.
begin;
select plan(3);
select jsonb_build_array(
  noetl_test.step('s', jsonb_build_object('next', noetl_test.next('a', 'b', 'c', 'd') || '{"spec": {"mode": "inclusive"}}')),
  noetl_test.step('a', jsonb_build_object('next', noetl_test.next('left'))),
  noetl_test.step('b', jsonb_build_object('next', noetl_test.next('left'))),
  noetl_test.step('c', jsonb_build_object('next', noetl_test.next('right'))),
  noetl_test.step('d', jsonb_build_object('next', noetl_test.next('right'))),
  noetl_test.step('left', jsonb_build_object('next', noetl_test.next('last'))),
  noetl_test.step('right', jsonb_build_object('next', noetl_test.next('last'))),
  noetl_test.step('last')
) as steps \gset
select is(noetl_test.outcome(:'steps'), 'completed: s a b c d left right last', 'in one batch');
select is(
  (
    select noetl_test.work(x.id, p_batch => 1) || ': ' || noetl_test.entered(x.id)
    from (select noetl_test.start(:'steps') as id offset 0) as x
  ),
  'completed: s a b c d left right last', 'one by one'
);
select is(
  noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('s', jsonb_build_object('next', noetl_test.next('a', 'join') || '{"spec": {"mode": "inclusive"}}')),
      noetl_test.step('a', '{"next": {"arcs": [{"step": "last", "when": "{{ true }}"}, {"step": "join"}]}}'),
      noetl_test.step('join', jsonb_build_object('next', noetl_test.next('last'))),
      noetl_test.step('last')
    )
  ),
  'completed: s a join last', 'a branch that passes a join by is met behind it'
);

select * from finish();
rollback;
