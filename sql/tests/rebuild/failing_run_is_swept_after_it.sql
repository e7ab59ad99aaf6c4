-- Between a failure and its sweep the outbox is lost: a live command would stay in a dead run.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', jsonb_build_object('next', noetl_test.next('a', 'b') || '{"spec": {"mode": "inclusive"}}')),
    noetl_test.step('a'), noetl_test.step('b')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, c.command_id) from noetl_test.claim(:'w', 1) as c \g /dev/null
select noetl_test.report(:'w', :x, c.command_id, '{}', '{"kind": "python", "message": "no"}')
from noetl_test.claim(:'w', 1) as c \g /dev/null
-- Not truncate: its lock would meet those of tests that run at the same time.
delete from noetl.change;
delete from noetl.run;
select noetl.rebuild(:x) \g /dev/null
select noetl_test.tick() \g /dev/null
select is((select status::text from noetl.run where execution_id = :x), 'failed', 'it has failed');
select is_empty('select from noetl.command', 'without a live command');

select * from finish();
rollback;
