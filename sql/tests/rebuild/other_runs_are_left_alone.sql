-- Only the run that was asked for may change: others are at work.
begin;
select plan(2);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as y \gset
select noetl_test.tick() \g /dev/null
select to_jsonb(r) as run, (select to_jsonb(c) from noetl.command as c where c.execution_id = :y) as command
from noetl.run as r where r.execution_id = :y \gset
select noetl.rebuild(:x) \g /dev/null
select is((select to_jsonb(r) from noetl.run as r where r.execution_id = :y), :'run'::jsonb, 'the run');
select is((select to_jsonb(c) from noetl.command as c where c.execution_id = :y), :'command'::jsonb, 'its queue');

select * from finish();
rollback;
