-- A switch that stays on would fill the outbox for nobody; one that goes off too early costs latency.
begin;
select plan(13);
set local noetl.test_now = '2001-01-01 00:00:00+00';
select noetl_test.publish_alone() \g /dev/null
create function pg_temp.look(p_session uuid) returns boolean language sql volatile as $$
  select noetl_internal.duties_of(p_session) @> '{publish_commands}'
$$;

select noetl.register_dispatcher('one', null, '{"nats": true}') as one \gset
select noetl.register_dispatcher('two', null, '{"nats": true}') as two \gset
select noetl.register_dispatcher('three') as three \gset
select is(array[pg_temp.look(:'one'), pg_temp.look(:'two'), pg_temp.look(:'three')], '{t,f,f}', 'one has the duty');
select ok(noetl_internal.is_publishing(), 'commands are published');
select noetl.end_session(:'one') \g /dev/null
select ok(noetl_internal.is_publishing(), 'also when it stops, for there is another');
select is(array[pg_temp.look(:'two'), pg_temp.look(:'three')], '{t,f}', 'which takes the duty');
set local noetl.test_now = '2001-01-01 00:00:24+00';
select is(array[pg_temp.look(:'two'), pg_temp.look(:'three')], '{t,f}', 'and keeps it by asking');
set local noetl.test_now = '2001-01-01 00:00:48+00';
select ok(noetl_internal.is_publishing(), 'that keeps the switch on');
set local noetl.test_now = '2001-01-01 00:00:49+00';
select ok(not noetl_internal.is_publishing(), 'nobody has to turn it off when the last is lost');
select is(array[pg_temp.look(:'three'), pg_temp.look(:'two')], '{f,t}', 'one that comes back has it again');
select ok(noetl_internal.is_publishing(), 'and turns it on');
select setval('noetl.publishing_until', 0) \g /dev/null
select is(array[pg_temp.look(:'three'), pg_temp.look(:'two')], '{f,t}', 'one stopped in this moment who did not see it');
select ok(noetl_internal.is_publishing(), 'then its next look turns it on');
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
set local noetl.test_now = '2001-01-01 00:10:00+00';
select noetl.reap_stale() \g /dev/null
select is((select count(*) from noetl.change where kind = 'publish'), 0::bigint, 'what the last was lost with is forgotten');
select noetl.register_dispatcher('four', null, '{"nats": true}') as four \gset
select noetl.end_session(:'four') \g /dev/null
select ok(not noetl_internal.is_publishing(), 'off when the last stops');

select * from finish();
rollback;
