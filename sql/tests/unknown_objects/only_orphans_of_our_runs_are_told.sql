-- What a crash left between the write and the row is collected; what another database owns is not.
begin;
select plan(3);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
insert into noetl.result_ref (ref, execution_id, name, store_tier, physical_uri, content_type, bytes, sha256, created_at, removed_at)
select format('noetl://1/result/%s', n), :x, n, 'pvc', 'file:///' || n, 'application/json', 1, repeat('0', 64), now(), case n when 'gone' then now() end
from unnest(array['here', 'gone']) as n;
select results_eq(
  format('select * from noetl.unknown_objects(%L, %L) order by 1', :'w', jsonb_build_array(
    jsonb_build_object('execution_id', :x, 'uri', 'file:///here'), jsonb_build_object('execution_id', :x, 'uri', 'file:///gone'),
    jsonb_build_object('execution_id', :x, 'uri', 'file:///orphan'), jsonb_build_object('execution_id', 5, 'uri', 'file:///other'))),
  $$values ('file:///gone'), ('file:///orphan')$$, 'those without a row, and those whose row says that they went'
);
select is((select count(*) from noetl.unknown_objects(:'w', '[]')), 0::bigint, 'none of none');
select throws_ok(format('select * from noetl.unknown_objects(%L, %L)', :'w', '{}'), 'NE422', null, 'a list is asked for');
select * from finish();
rollback;
