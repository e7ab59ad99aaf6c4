-- Wrong values must fail the step with a clear message, not change its meaning.
begin;
select plan(5);

create function pg_temp.value_of(p_source text) returns jsonb language sql as $function$
  select noetl_internal.evaluate_template(
    noetl_internal.compile_template(to_jsonb(p_source)) -> 'node', '{}'
  )
$function$;

select throws_ok($$ select pg_temp.value_of('{{ 1 / 0 }}') $$, 'NE462', 'division by zero');
select throws_ok($$ select pg_temp.value_of('{{ 1 + "a" }}') $$, 'NE462', null, 'types');
select throws_ok($$ select pg_temp.value_of('{{ "{" | fromjson }}') $$, 'NE462', null, 'no JSON');
select throws_ok($$ select pg_temp.value_of('{{ "ab" * 10 ** 9 }}') $$, 'NE463', null, 'size');
select throws_ok($$ select pg_temp.value_of('{{ 9 ** 9 ** 9 ** 9 ** 9 }}') $$, 'NE463', null, 'digits');

select * from finish();
rollback;
