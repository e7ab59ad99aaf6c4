-- Registration is where a mistake costs nothing: each must be refused there, with its place.
begin;
select plan(9);

select throws_ok(
  format('select noetl_internal.compile_template(%L)', to_jsonb(source)), 'NE422', null, what
)
from (values
  ('{% if x %}1{% endif %}', 'a statement'),
  ('{{ x.get(1) }}', 'a method call'),
  ('{{ x | nosuch }}', 'an unknown filter'),
  ('{{ x is nosuch }}', 'an unknown test'),
  ('{{ x | replace(1) }}', 'a missing argument'),
  ('{{ x', 'an open end'),
  ('{{ "x }}', 'an open string'),
  ('{{ ' || repeat('(', 50) || 'x' || repeat(')', 50) || ' }}', 'too deep a nest'),
  ('{{ x' || repeat(' + x', 300) || ' }}', 'too long an expression')
) as bad (source, what);

select * from finish();
rollback;
