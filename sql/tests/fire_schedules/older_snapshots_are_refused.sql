-- It decides on rows after locking them: a snapshot from before would fire what has fired.
begin isolation level repeatable read;
select plan(1);
select throws_ok('select noetl.fire_schedules()', 'NE409', null, 'not in REPEATABLE READ');

select * from finish();
rollback;
