-- A branch that did not run leaves its names undefined; conditions must not fail over that.
begin;
select plan(8);

select is(
  noetl_internal.evaluate_condition(
    noetl_internal.compile_condition(to_jsonb(source)) -> 'node', '{"a": 1}'
  ), wanted, source
)
from (values
  ('nope', false),
  ('not nope', true),
  ('nope.x.y == 1', false),
  ('nope != 1', true),
  ('nope > 1 or a == 1', true),
  ('nope | length == 0', false),
  ('nope not in [1]', true),
  ('nope | default(2) == 2', true)
) as c (source, wanted);

select * from finish();
rollback;
