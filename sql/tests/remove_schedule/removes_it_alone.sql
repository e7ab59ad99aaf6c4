-- Its runs are history and stay; the name is free again.
begin;
select plan(6);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.put_schedule('one', :'path', '* * * * *'), noetl.put_schedule('two', :'path', '* * * * *');
update noetl.schedule set next_at = next_at - interval '1 minute';
select noetl.fire_schedules();

select ok(noetl.remove_schedule('one'), 'removed');
select ok(not noetl.remove_schedule('one'), 'a repeat says that there is none');
select ok(not noetl.remove_schedule('none'), 'and so does one that never was');
select results_eq('select name from noetl.schedule', $$ values ('two') $$, 'others are left alone');
select is(
  (select count(*) from noetl.run where path = :'path' and status = 'running'), 2::bigint, 'its run goes on'
);
select is((select created from noetl.put_schedule('one', :'path', '@daily')), true, 'the name is free');

select * from finish();
rollback;
