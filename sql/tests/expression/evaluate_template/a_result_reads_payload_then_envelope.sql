-- Playbooks read rows, status and ref of a step alike; which one wins is a rule.
begin;
select plan(10);

create function pg_temp.value_of(p_source text) returns jsonb language sql as $function$
  select noetl_internal.evaluate_template(
    noetl_internal.compile_template(to_jsonb(p_source)) -> 'node', '{"n": 5}',
    '{"step": {"payload": {"status": "own", "rows": [1]}, "first": "payload",
               "envelope": {"status": "ok", "ref": "r", "error": null}},
      "output": {"payload": {"status": 201, "data": 7}, "envelope": {"status": "ok"},
                 "first": "envelope"},
      "far": {"envelope": {"status": "ok"}, "first": "payload"}, "n": {"payload": 1}}'
  )
$function$;

select is(pg_temp.value_of('{{ step.status }}'), '"own"', 'own keys first');
select is(pg_temp.value_of('{{ step.ref }}'), '"r"', 'then the envelope');
select is(pg_temp.value_of('{{ step.error is defined }}'), 'false', 'no value: undefined');
select is(pg_temp.value_of('{{ step.data.rows }}'), '[1]', 'data is the payload');
select is(pg_temp.value_of('{{ output.status }}'), '"ok"', 'output: the envelope first');
select is(pg_temp.value_of('{{ output.data }}'), '7', 'the own data key');
select is(pg_temp.value_of('{{ far.status }}'), '"ok"', 'the envelope of a payload elsewhere');
select is(pg_temp.value_of('{{ far is defined }}'), 'true', 'it is there');
select throws_ok($$ select pg_temp.value_of('{{ far.rows }}') $$, 'NE464', null, 'but not read');
select is(pg_temp.value_of('{{ n }}'), '5', 'a variable wins over a result');

select * from finish();
rollback;
