-- A poisoned run would stop the reaper for the whole installation.
begin;
select plan(3);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', '{"spec": {"max_attempts": 1}}'))) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as y \gset
select noetl_test.worker() as w \gset
select noetl_test.claim(:'w') \g /dev/null
update noetl.catalog_step as s set definition = s.definition || '{"next": {"arcs": 5}}'
from noetl.run as r where r.execution_id = :x and s.catalog_id = r.catalog_id;
update noetl.runtime set heartbeat_at = heartbeat_at - interval '301 seconds';

select is(noetl.reap_stale(), 1, 'the other''s command is issued again');
select noetl_test.tick();
select is((select status from noetl.run where execution_id = :x), 'failed', 'the damaged run failed');
select is_empty(format('select noetl_test.problems(%s)', :x), 'and left nothing behind');

select * from finish();
rollback;
