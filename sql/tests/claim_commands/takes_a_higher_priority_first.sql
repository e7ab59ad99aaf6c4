-- What is urgent overtakes what was there before.
begin;
select plan(1);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.start_execution(:'path', '{}', '{"priority": 1}') as x \gset
select noetl.start_execution(:'path') as y \gset
select noetl.start_execution(:'path', '{}', '{"priority": 9}') as z \gset
select noetl_test.worker() as w \gset
create temp table taken (n serial, execution_id bigint);
insert into taken (execution_id) select execution_id from noetl_test.claim(:'w', 1);
insert into taken (execution_id) select execution_id from noetl_test.claim(:'w', 1);
insert into taken (execution_id) select execution_id from noetl_test.claim(:'w', 1);
select is(
  (select array_agg(execution_id order by n) from taken), array[:z, :y, :x], '9, then the default 5, then 1'
);

select * from finish();
rollback;
