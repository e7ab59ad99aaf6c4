-- The message must lead to the place in a document of many templates.
begin;
select plan(3);

create function pg_temp.problem(p_value jsonb, out message text, out detail jsonb, out hint text)
language plpgsql as $function$
declare
  v_detail text;
begin
  perform noetl_internal.compile_template(p_value);
exception when sqlstate 'NE422' then
  get stacked diagnostics
    message = message_text, v_detail = pg_exception_detail, hint = pg_exception_hint;
  detail := v_detail;
end;
$function$;

select is(
  p.message, 'unknown filter "uper" at line 2, column 9 of a.b[1]', 'line, column and path'
)
from pg_temp.problem(E'{"a": {"b": ["x", "y\\n {{ x | uper }}"]}}') as p;
select is(p.hint, 'Did you mean "upper"?', 'the nearest known name')
from pg_temp.problem('"{{ x | uper }}"') as p;
select is(
  p.detail,
  '{"line": 1, "column": 8, "near": "uper }}", "reason": "unknown filter \"uper\""}',
  'the same for machines'
)
from pg_temp.problem('"{{ x | uper }}"') as p;

select * from finish();
rollback;
