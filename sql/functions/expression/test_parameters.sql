-- Number of arguments of each test.
-- Locks: none. Never raises.
create or replace function noetl_internal.test_parameters()
returns jsonb
language sql immutable parallel safe
as $function$
  select '{
    "defined": 0, "undefined": 0, "none": 0, "true": 0, "false": 0, "boolean": 0, "number": 0,
    "integer": 0, "float": 0, "string": 0, "mapping": 0, "sequence": 0, "iterable": 0, "odd": 0,
    "even": 0, "lower": 0, "upper": 0, "divisibleby": 1, "in": 1, "eq": 1, "==": 1, "equalto": 1,
    "ne": 1, "!=": 1, "gt": 1, ">": 1, "greaterthan": 1, "ge": 1, ">=": 1, "lt": 1, "<": 1,
    "lessthan": 1, "le": 1, "<=": 1
  }'::jsonb
$function$;

comment on function noetl_internal.test_parameters()
  is 'Number of arguments of each test.';
revoke all on function noetl_internal.test_parameters() from public;
