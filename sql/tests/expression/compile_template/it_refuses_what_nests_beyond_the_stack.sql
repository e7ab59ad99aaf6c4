-- A crash or a raw "stack depth limit exceeded" would tell the author nothing.
begin;
select plan(1);

set local max_stack_depth = '1MB';
select throws_ok(
  format(
    'select noetl_internal.compile_template(%L)', repeat('[', 2500) || '"{{ 1 }}"' || repeat(']', 2500)
  ),
  'NE422', null, 'a document of 2500 levels'
);

select * from finish();
rollback;
