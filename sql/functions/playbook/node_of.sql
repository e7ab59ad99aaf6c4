-- The grammar's node for a mapping where the grammar leaves a choice that its keys decide.
-- Locks: none. Never raises.
create or replace function noetl_internal.node_of(
  p_grammar jsonb,
  p_type text,
  p_value jsonb
)
returns text
language sql immutable parallel safe
as $function$
  select
    case
      when p_type = 'workbook' and p_value ? 'tool' then 'workbook_entry'
      when p_type in ('tool', 'task', 'workbook') then
        case
          when p_grammar -> 'nodes' ? ('tool.' || (p_value ->> 'kind'))
            then 'tool.' || (p_value ->> 'kind')
          else 'tool.?'
        end
      when p_type = 'next' and p_value ? 'step' then 'arc'
      when p_grammar -> 'nodes' ? p_type then p_type
    end
$function$;

comment on function noetl_internal.node_of(jsonb, text, jsonb)
is 'The grammar''s node for a mapping.';
