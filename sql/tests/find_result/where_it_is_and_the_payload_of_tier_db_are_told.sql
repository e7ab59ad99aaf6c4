-- A person has a reference, from a log or another result, and wants to see what it stands for.
begin;
select plan(7);
insert into noetl.result_ref (ref, execution_id, name, step, store_tier, physical_uri, content_type, bytes, sha256, row_count, created_at)
select n, 7, n, 'a', n, case n when 'pvc' then 'file:///r' end, 'application/json', 3, repeat('0', 64), 2, now()
from unnest(array['pvc', 'db']) as n;
update noetl.result_ref as r set ref = format('noetl://7/result/%s', r.ref_id) where r.execution_id = 7;
insert into noetl.result_payload (execution_id, ref_id, payload) select 7, r.ref_id, '{"n": 1}' from noetl.result_ref as r where r.execution_id = 7 and r.name = 'db';
select ref as pvc from noetl.result_ref where execution_id = 7 and name = 'pvc' \gset
select ref as db from noetl.result_ref where execution_id = 7 and name = 'db' \gset
select results_eq(format('select * from noetl.find_result(%L)', :'pvc'),
  format('values (%L, %L, %L, 3::bigint, %L, 2::bigint, null::jsonb)', 'pvc', 'file:///r', 'application/json', repeat('0', 64)), 'where it is');
select is((select f.payload from noetl.find_result(:'db') as f), '{"n": 1}', 'what it is');
select is((select f.payload from noetl.find_result(:'db') as f), '{"n": 1}', 'as often as one asks');
select throws_ok('select * from noetl.find_result(''noetl://8/result/1'')', 'NE404', null, 'of another run there is none');
select throws_ok('select * from noetl.find_result(''noetl://7/loop/1'')', 'NE404', null, 'a loop is not stored');
create function pg_temp.hint(p_ref text) returns text language plpgsql as $$
declare
  v_hint text;
begin
  perform noetl.find_result(p_ref);
  return null;
exception when sqlstate 'NE404' then
  get stacked diagnostics v_hint = pg_exception_hint;
  return v_hint;
end;
$$;
select matches(pg_temp.hint('noetl://7/loop/1/results'), 'item by item.* noetl events', 'where the results of its items are');
select throws_ok('select * from noetl.find_result(''anything'')', 'NE404', null, 'what is no reference');
select * from finish();
rollback;
