-- The scalar types of the grammar: JSON types, a pattern for the text, and how a message calls it.
-- Locks: none. Never raises.
create or replace function noetl_internal.grammar_types()
returns jsonb
language sql immutable parallel safe
as $function$
  select jsonb_object_agg(t.name, jsonb_build_array(t.json_types, t.pattern, t.title))
  from (
    values
    ('any', 'object array string number boolean null', '', 'anything'),
    ('map', 'object', '', 'a mapping'),
    ('list', 'array', '', 'a list'),
    ('text', 'string', '', 'a string'),
    ('scalar', 'string number boolean', '', 'a string or a number'),
    ('name', 'string', '^(?!.*\{[{%])(?=.*\S)[^[:cntrl:]]{1,200}$', 'a name (a string)'),
    ('condition', 'string boolean', '\S', 'an expression in a string, or true or false'),
    ('template', 'string', '\{[{%]', 'a template'),
    ('bool', 'boolean', '', 'true or false'),
    ('natural', 'number', '^[0-9]{1,4}$', 'a whole number from 0 to 9999'),
    ('positive', 'number', '^[1-9][0-9]{0,8}$', 'a whole number from 1'),
    ('rows', 'number', '^([1-9][0-9]{0,2}|1000)$', 'a whole number from 1 to 1000'),
    ('attempts', 'number', '^[1-9][0-9]{0,3}$', 'a whole number (integer) from 1 to 9999'),
    ('digit', 'number', '^[0-9]$', 'a whole number from 0 to 9'),
    ('seconds', 'number', '^(?=.*[1-9])[0-9]{1,9}(\.[0-9]+)?$', 'a number of seconds above 0'),
    (
      'duration', 'number string',
      '^(?=.*[1-9])([0-9]{1,9}(\.[0-9]+)?|(\s*[0-9]{1,9}(\.[0-9]+)?\s*(ms|[smhdw]))+)\s*$',
      'a number of seconds, or a text such as "7d"'
    ),
    ('delay', 'number', '^[0-9]{1,9}(\.[0-9]+)?$', 'a number of seconds'),
    (
      'share', 'number string', '^([0-9]{1,9}|(100|[0-9]{1,2}(\.[0-9]{1,6})?) ?%)$',
      'a number of failures or a percentage such as "5%"'
    )
  ) as t (name, json_types, pattern, title)
$function$;

comment on function noetl_internal.grammar_types()
is 'The scalar types of the grammar of playbooks.';
