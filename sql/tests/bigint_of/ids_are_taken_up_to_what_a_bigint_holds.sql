-- Execution ids have 19 digits from July 2031 on. What is over the range is no id: an answer of ours, no overflow.
begin;
select plan(22);
select noetl_test.worker() as w \gset
select '9223372036854775807' as top, '9223372036854775808' as above \gset
insert into noetl.result_ref (ref_id, ref, execution_id, name, step, store_tier, physical_uri, content_type, bytes, sha256, created_at)
overriding system value
values (:top, format('noetl://%s/result/%s', :top, :top), :top, 'r', 'a', 'pvc', 'file:///r', 'application/json', 3, repeat('0', 64), now());

select is(noetl_internal.bigint_of(t), n, format('"%s"', replace(left(t, 30), E'\n', ' ')))
from (values
  (:'top', :top), ('0009223372036854775807', null), (:'above', null), ('9' || repeat('0', 30), null),
  ('0', 0), ('-1', null), ('', null), ('1.0', null), ('٥', null), (E'1\n', null)
) as v (t, n);
select is((select f.physical_uri from noetl.find_result(format('noetl://%s/result/%s', :top, :top)) as f), 'file:///r', 'find_result');
select throws_ok(format($$ select noetl.read_result(%L, 'noetl://%s/result/%s') $$, :'w', :top, :top), 'NE403', null, 'read_result finds it');
select throws_ok(format($$ select noetl.read_items(%L, 'noetl://%s/loop/%s', 0, 1) $$, :'w', :top, :top), 'NE403', null, 'read_items');
select throws_ok(format($$ select noetl.read_results(%L, 'noetl://%s/loop/%s/results', 0, 1) $$, :'w', :top, :top), 'NE403', null, 'read_results');
select is(
  noetl.record_events(jsonb_build_array(noetl_test.event(:'w', :top, 'c'), noetl_test.event(:'w', 1, 'c') || format('{"execution_id": %s}', :above)::jsonb))
  - array['recorded', 'retry', 'advance', 'count'],
  '{"late": 1, "rejected": [{"index": 1, "sqlstate": "NE422", "message": "execution_id must be an integer"}]}', 'record_events'
);
select throws_ok(q, 'NE404', null, 'what is above the range is not found')
from unnest(array[
  format($$ select * from noetl.find_result('noetl://%s/result/1') $$, :above), format($$ select * from noetl.find_result('noetl://1/result/%s') $$, :above),
  format($$ select noetl.read_result(%L, 'noetl://%s/result/1') $$, :'w', :above), format($$ select noetl.read_result(%L, 'noetl://1/result/%s') $$, :'w', :above),
  format($$ select noetl.read_items(%L, 'noetl://%s/loop/1', 0, 1) $$, :'w', :above), format($$ select noetl.read_items(%L, 'noetl://1/loop/%s', 0, 1) $$, :'w', :above),
  format($$ select noetl.read_results(%L, 'noetl://%s/loop/1/results', 0, 1) $$, :'w', :above)
]) as q;
select * from finish();
rollback;
