-- command.heartbeat is written for commands that their session still holds.
begin;
select plan(3);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.worker('other') as o \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(
  noetl_test.report(:'w', :x, :'c', '{}', null, '{"type": "command.heartbeat", "meta": {"progress": 3}}') - array['advance', 'count'],
  '{"recorded": 0, "late": 0, "retry": [], "rejected": []}', 'a heartbeat ends nothing'
);
select noetl_test.report(:'o', :x, :'c', '{}', null, '{"type": "command.heartbeat"}');
select is(noetl_test.count(:x, 'command.heartbeat'), 1, 'a stranger''s is not written');
select is((select count(*) from noetl.command where execution_id = :x), 1::bigint, 'the command goes on');

select * from finish();
rollback;
