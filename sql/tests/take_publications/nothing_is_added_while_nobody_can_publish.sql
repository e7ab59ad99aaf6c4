-- While NATS is away for hours the outbox must not grow with every command.
begin;
select plan(4);
set local noetl.test_now = '2001-01-01 00:00:00+00';
select noetl_test.publish_alone() \g /dev/null
select noetl.register_dispatcher('one', null, '{"nats": true}') as one \gset
insert into noetl.change (kind, execution_id, command_id, marked_at)
values ('publish', 1, '1-1', '2001-01-01 00:00:05+00');
set local noetl.test_now = '2001-01-01 00:00:29+00';
select noetl_internal.duties_of(:'one') \g /dev/null
select ok(noetl_internal.is_publishing(), 'what waits for less than a lease is no matter');
set local noetl.test_now = '2001-01-01 00:00:53+00';
select noetl_internal.duties_of(:'one') \g /dev/null
select ok(noetl_internal.is_publishing(), 'the switch stays on for its time');
set local noetl.test_now = '2001-01-01 00:00:55+00';
select noetl_internal.duties_of(:'one') \g /dev/null
select ok(not noetl_internal.is_publishing(), 'then it is off, though the dispatcher is alive');
select count(*) from noetl.take_publications(:'one') \g /dev/null
select noetl_internal.duties_of(:'one') \g /dev/null
select ok(noetl_internal.is_publishing(), 'and on again when the outbox has been emptied');

select * from finish();
rollback;
