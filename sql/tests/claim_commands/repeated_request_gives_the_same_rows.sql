-- A worker that lost our answer asks again: nothing may be stranded, nothing handed out twice.
begin;
select plan(4);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(6, '{"mode": "parallel"}'))))) as x \gset
select noetl_test.worker() as w \gset
select gen_random_uuid() as request \gset
create temp table first as select * from noetl.claim_commands(:'w', :'request', 3);
select is((select array_agg(iter_index order by iter_index) from first), '{0,1,2}', 'the first three');
select results_eq(
  format('select * from noetl.claim_commands(%L, %L, 3)', :'w', :'request'), 'select * from first', 'the same rows again'
);
select is(
  (select array_agg(iter_index order by iter_index) from noetl.claim_commands(:'w', gen_random_uuid(), 10)), '{3,4,5}',
  'another request gets others'
);
select is(noetl_test.count(:x, 'command.claimed'), 6, 'each was claimed once');

select * from finish();
rollback;
