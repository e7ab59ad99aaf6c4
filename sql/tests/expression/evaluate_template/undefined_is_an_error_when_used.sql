-- A typo in a name must not become an empty text in a URL.
begin;
select plan(5);

create function pg_temp.value_of(p_value jsonb) returns jsonb language sql as $function$
  select noetl_internal.evaluate_template(
    noetl_internal.compile_template(p_value) -> 'node', '{"a": {"b": 1}}'
  )
$function$;

select is(pg_temp.value_of('"{{ a.c.d }}"'), null, 'a whole value is undefined');
select is(pg_temp.value_of('["{{ a.c }}"]'), '[null]', 'a leaf is null');
select throws_ok($$ select pg_temp.value_of('"x {{ a.c }}"') $$, 'NE461', null, 'printed');
select throws_ok($$ select pg_temp.value_of('"{{ a.c + 1 }}"') $$, 'NE461', null, 'computed');
select is(pg_temp.value_of('"{{ a.c | default(3) }}"'), '3', 'a default catches it');

select * from finish();
rollback;
