-- A worker gets commands of its own pools only, and never more than it asked for.
begin;
select plan(8);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}]}}'),
    noetl_test.step('a', '{"spec": {"pool": "gpu"}}'),
    noetl_test.step('b')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.worker('g', '{gpu}') as g \gset
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select is_empty(format('select * from noetl_test.claim(%L, 0)', :'w'), 'limit 0');
select is_empty(format('select * from noetl_test.claim(%L, -5)', :'w'), 'a negative limit');
select is((select string_agg(step, ' ') from noetl_test.claim(:'g', 10)), 'a', 'pool gpu');
select is((select string_agg(step, ' ') from noetl_test.claim(:'w', 10)), 'b', 'the default pool');
select is_empty(format('select * from noetl_test.claim(%L)', :'w'), 'nothing is left');
select throws_ok(
  format('select * from noetl_test.claim(%L)', gen_random_uuid()), 'NE401', null, 'an unknown session is refused'
);
select noetl.end_session(:'w');
select throws_ok(format('select * from noetl_test.claim(%L)', :'w'), 'NE401', null, 'an ended session is refused');
select throws_ok('select * from noetl_test.claim(null)', 'NE401', null, 'no session is refused');

select * from finish();
rollback;
