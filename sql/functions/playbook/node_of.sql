-- The grammar's node for a mapping where the grammar leaves a choice that its keys decide.
-- Locks: none. Never raises.
create or replace function noetl_internal.node_of(
  p_grammar jsonb,
  p_type text,
  p_value jsonb
)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  if p_type = 'workbook' and p_value ? 'tool' then
    return 'workbook_entry';
  elsif p_type in ('tool', 'task', 'workbook') then
    return case
      when p_grammar #> array['nodes', 'tool.' || (p_value ->> 'kind')] is null then 'tool.?'
      else 'tool.' || (p_value ->> 'kind')
    end;
  elsif p_type = 'next' and p_value ? 'step' then
    return 'arc';
  end if;
  return p_type;
end;
$function$;

comment on function noetl_internal.node_of(jsonb, text, jsonb)
is 'The grammar''s node for a mapping.';
