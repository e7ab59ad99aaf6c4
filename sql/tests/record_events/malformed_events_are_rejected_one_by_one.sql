-- One bad event must not fail the rest of a batch.
begin;
select plan(17);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(20, '{"mode": "parallel", "max_in_flight": 20}'))))) as x \gset
select noetl_test.worker() as w \gset
create temp table held as select row_number() over (order by iter_index) as n, command_id from noetl_test.claim(:'w');
create function pg_temp.answer(p_session uuid, p_id bigint, p_bad jsonb) returns text language plpgsql as $$
declare
  v_good text;
  v_answer jsonb;
begin
  delete from held where n = (select min(n) from held) returning command_id into v_good;
  v_answer := noetl.record_events(jsonb_build_array(p_bad, noetl_test.event(p_session, p_id, v_good)));
  return format('%s recorded, rejected %s %s', v_answer -> 'recorded', v_answer #> '{rejected,0,index}', v_answer #>> '{rejected,0,sqlstate}');
end;
$$;
select noetl_test.event(:'w', :x, 'c') as e \gset
select is(pg_temp.answer(:'w', :x, b), '1 recorded, rejected 0 NE422', d)
from (values
  ('5', 'a number'), ('null', 'null'), ('[]', 'a list'), ('{}', 'an empty mapping'),
  (:'e'::jsonb || '{"execution_id": "x"}', 'execution_id: text'), (:'e'::jsonb || '{"execution_id": 1.5}', 'execution_id: a fraction'),
  (:'e'::jsonb || '{"command_id": null}', 'command_id: null'), (:'e'::jsonb || '{"session": "x"}', 'session: no uuid'),
  (:'e'::jsonb || '{"type": "playbook.completed"}', 'type: not a worker''s'), (:'e'::jsonb || '{"result": 5}', 'result: a number'),
  (:'e'::jsonb || '{"result": {"payload": 1}}', 'result: an unknown key'),
  (:'e'::jsonb || jsonb_build_object('result', jsonb_build_object('context', repeat('x', 9000))), 'result: over the limit'),
  (:'e'::jsonb || '{"type": "command.failed", "error": "text"}', 'error: text'),
  (:'e'::jsonb || jsonb_build_object('ctx', jsonb_build_object('v', repeat('x', 40000))), 'ctx: over the limit'),
  (:'e'::jsonb || '{"meta": [1]}', 'meta: a list'), (:'e'::jsonb || '{"collection": {"size": "many"}}', 'collection: no count')
) as v (b, d);
select throws_ok($$ select noetl.record_events('{}') $$, 'NE422', null, 'what is no list is refused as a whole');

select * from finish();
rollback;
