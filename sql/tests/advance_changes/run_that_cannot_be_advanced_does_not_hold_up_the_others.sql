-- A poisoned outbox row would stop every failing run of the installation from being swept.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))), noetl_test.step('b'))
) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as y \gset
-- Damage that no rule of the engine foresees, on a token that is ready.
update noetl.catalog_step as s set definition = s.definition || '{"admit": 5}'
from noetl.run as r where r.execution_id = :x and s.catalog_id = r.catalog_id;
update noetl.token set status = 'ready' where execution_id = :x;
insert into noetl.change (kind, execution_id) values ('advance', :x), ('cancel', :y);

select lives_ok('select noetl_test.tick()', 'the tick goes on');
select is((select status from noetl.run where execution_id = :x), 'failed', 'the damaged run failed');
select is((select status from noetl.run where execution_id = :y), 'cancelled', 'the other was swept');

select * from finish();
rollback;
