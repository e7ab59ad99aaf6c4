-- What is confirmed by mistake is a command that nobody is told of: only publications, only those named.
begin;
select plan(6);
set local noetl.test_now = '2001-01-01 00:00:00+00';
select noetl_test.publish_alone() \g /dev/null
select noetl.register_dispatcher('one', null, '{"nats": true}') as one \gset
select noetl_internal.duties_of(:'one') \g /dev/null
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('b'))) as y \gset
select array_agg(change_id) as all_changes from noetl.change where execution_id in (:x, :y) \gset
select array_agg(change_id) as ids from noetl.take_publications(:'one') where execution_id = :x \gset

select noetl.register_dispatcher('two', null, '{"nats": true}') as two \gset
update noetl.duty set owner_session_id = :'two' where duty = 'publish_commands';
select is(noetl.confirm_publications(:'one', :'ids'), 1, 'who took them may say so, also when another has the duty now');
select is(noetl.confirm_publications(:'two', :'ids'), 0, 'again: nothing');
select is((select array_agg(execution_id) from noetl.take_publications(:'two')), array[:y], 'the others are there');
select is(noetl.confirm_publications(:'two', :'all_changes'), 1, 'of all entries of the runs only publications go');
select is((select count(*)::integer from noetl.change where execution_id in (:x, :y) and kind = 'dirty'), 2, 'what is to be projected stays');
select throws_ok(format('select noetl.confirm_publications(%L, %L)', gen_random_uuid(), '{1}'), 'NE401', null, 'strangers are refused');

select * from finish();
rollback;
