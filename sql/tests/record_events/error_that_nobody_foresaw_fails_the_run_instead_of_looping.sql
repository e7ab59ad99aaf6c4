-- A report that can never be applied would otherwise be requeued and run again for ever.
begin;
select plan(3);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'), noetl_test.step('b'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
-- Damage that no rule of the engine foresees: the definition of the step is not one.
update noetl.catalog_step as s set definition = s.definition || '{"next": {"arcs": 5}}'
from noetl.run as r where r.execution_id = :x and s.catalog_id = r.catalog_id and s.step = 'a';

select is(
  noetl_test.report(:'w', :x, :'c') -> 'rejected' -> 0 ->> 'sqlstate', '22023', 'it is rejected'
);
select noetl_test.tick();
select is((select status from noetl.run where execution_id = :x), 'failed', 'the run failed');
select is_empty(format('select noetl_test.problems(%s)', :x), 'and left nothing behind');

select * from finish();
rollback;
