-- Parameters of each filter: name, then its default if it has one.
-- Locks: none. Never raises.
create or replace function noetl_internal.filter_parameters()
returns jsonb
language sql immutable parallel safe
as $function$
  select '{
    "default": [["default_value", ""], ["boolean", false]],
    "int": [["default", 0], ["base", 10]],
    "float": [["default", 0.0]],
    "string": [], "bool": [], "lower": [], "upper": [], "length": [], "first": [], "last": [],
    "fromjson": [], "abs": [], "keys": [], "values": [], "items": [], "list": [],
    "trim": [["chars", null]],
    "join": [["d", ""], ["attribute", null]],
    "replace": [["old"], ["new"], ["count", null]],
    "tojson": [["indent", null]],
    "round": [["precision", 0], ["method", "common"]],
    "min": [["case_sensitive", false], ["attribute", null]],
    "max": [["case_sensitive", false], ["attribute", null]],
    "sum": [["attribute", null], ["start", 0]],
    "sort": [["reverse", false], ["case_sensitive", false], ["attribute", null]],
    "unique": [["case_sensitive", false], ["attribute", null]]
  }'::jsonb
$function$;

comment on function noetl_internal.filter_parameters()
  is 'Parameters of each filter: name, then its default if it has one.';
revoke all on function noetl_internal.filter_parameters() from public;
