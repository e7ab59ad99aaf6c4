-- Who ticks may sleep until then: a wait that ends sooner than it is looked for would end late.
begin;
select plan(6);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select is((select next_in from noetl.due_work()), null, 'nothing is known');
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.put_schedule('later', :'path', '0 2 * * *', 'UTC') \g /dev/null
select is((select next_in from noetl.due_work()), 7200::double precision, 'a schedule');
select noetl_test.worker() as w \gset
select is((select next_in from noetl.due_work()), 300::double precision, 'a session that may fall silent');
select noetl_test.start('[{"step": "w", "tool": {"kind": "wait", "duration": "10s"}}]') as x \gset
select is((select next_in from noetl.due_work()), 10::double precision, 'a wait');
set local noetl.test_now = '2030-01-01 00:00:11+00';
select is((select next_in from noetl.due_work()), -1::double precision, 'that is over');
select ok((select ticks @> '{wake_runs}' from noetl.due_work()), 'and named');

select * from finish();
rollback;
