-- A session keeps the plan of its first report, made while the queue was all but empty: it must not
-- walk through all that is leased later.
begin;
select plan(2);
select noetl_test.worker() as w \gset

select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.report(:'w', :x, :'c');

select noetl_test.start(jsonb_build_array(
  noetl_test.step('many', jsonb_build_object('loop', noetl_test.loop(300, '{"mode": "parallel", "max_in_flight": 300}')))
)) as y \gset
select count(*) as held from noetl_test.claim(:'w', 300) \gset
select cmp_ok(:held, '>', 99, 'many are leased');
select command_id as c from noetl.command where execution_id = :y order by command_id limit 1 \gset
create function pg_temp.walked() returns bigint language sql volatile as $$
  select pg_stat_get_xact_tuples_returned('noetl.idx_command_session'::regclass)
$$;
select pg_temp.walked() as before \gset
select noetl_test.report(:'w', :y, :'c');
select is(pg_temp.walked(), :before::bigint, 'none of them is looked at but the reported one');

select * from finish();
rollback;
