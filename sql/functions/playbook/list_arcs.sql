-- The arcs of a step wherever its "next" keeps them: under arcs, as a list, as one arc, or as
-- names.
-- Locks: none. Never raises.
create or replace function noetl_internal.list_arcs(
  p_next jsonb,
  p_at text
)
returns table (place bigint, arc jsonb, at text)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
begin
  return query
    select
      a.place,
      case
        when jsonb_typeof(a.value) = 'string' then jsonb_build_object('step', a.value)
        else noetl_internal.mapping_of(a.value)
      end,
      case when n.base is null then p_at else format('%s[%s]', n.base, a.place - 1) end
    from (
      select
        case jsonb_typeof(p_next)
          when 'array' then p_next
          when 'string' then jsonb_build_array(p_next)
          when 'object' then
            case
              when p_next ? 'step' then jsonb_build_array(p_next)
              else noetl_internal.list_of(p_next -> 'arcs')
            end
          else '[]'
        end as arcs,
        case
          when jsonb_typeof(p_next) = 'array' then p_at
          when jsonb_typeof(p_next) = 'object' and not p_next ? 'step' then p_at || '.arcs'
        end as base
    ) as n
    cross join jsonb_array_elements(n.arcs) with ordinality as a (value, place);
end;
$function$;

comment on function noetl_internal.list_arcs(jsonb, text)
is 'The arcs of a step wherever its "next" keeps them.';
