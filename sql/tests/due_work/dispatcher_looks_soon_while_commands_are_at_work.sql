-- A report does not wake dispatchers: they must come by, or what people see is seconds old.
begin;
select plan(5);
select noetl_test.dispatch_alone();
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl.register_dispatcher('one') as one \gset
select noetl.due_work(:'one') \g /dev/null
select noetl_test.worker() as w \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl.project_shards(:'one') \g /dev/null
select is((select next_in from noetl.due_work(:'one')), 300::double precision, 'nobody works: only a session may fall silent');
-- Not claimed: tests beside this one may have raised the floor below which claims do not look.
select noetl_internal.lease_commands(s, gen_random_uuid(), noetl_internal.pick_first(s, 10, null, 0))
from noetl.runtime as s where s.session_id = :'w' \g /dev/null
select is((select next_in from noetl.due_work(:'one')), 0.4::double precision, 'somebody does');
select is((select next_in from noetl.due_work()), 300::double precision, 'which a worker knows by itself');
select noetl.end_session(:'w') \g /dev/null
select noetl.project_shards(:'one') \g /dev/null
select is((select next_in from noetl.due_work(:'one')), 300::double precision, 'no longer');
select is((select next_in from noetl.due_work(:'one')), 300::double precision, 'asking changes nothing');

select * from finish();
rollback;
