-- A worker that stops cleanly costs nobody an attempt.
begin;
select plan(5);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.worker('other') as o \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(noetl.release_commands(:'o', array[:'c']), 0, 'another session''s command is left alone');
select is(noetl.release_commands(:'w', array[:'c', 'nonsense']), 1, 'one handed back');
select is(noetl.release_commands(:'w', array[:'c']), 0, 'again: nothing');
select is((select row(issue, attempt)::text from noetl_test.claim(:'o')), '(2,1)', 'a new issue, the same attempt');
select throws_ok(format('select noetl.release_commands(%L, %L)', gen_random_uuid(), '{}'), 'NE401', null, 'an unknown session is refused');

select * from finish();
rollback;
