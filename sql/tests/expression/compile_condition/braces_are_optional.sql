-- Both spellings are in use and must mean the same.
begin;
select plan(4);

select is(
  noetl_internal.compile_condition('"x > 1"'), noetl_internal.compile_condition('"{{ x > 1 }}"'),
  'with and without braces'
);
select is(
  noetl_internal.compile_condition('true'), '{"node": true, "names": []}', 'a boolean is a condition'
);
select throws_ok(
  $$ select noetl_internal.compile_condition('"{{ a }} == {{ b }}"') $$, 'NE422', null,
  'text around expressions is always true, so it is refused'
);
select throws_ok(
  $$ select noetl_internal.compile_condition('3') $$, 'NE422', null, 'a number is no condition'
);

select * from finish();
rollback;
