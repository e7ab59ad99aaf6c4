-- The loop of a step as written: {"in", "in_at", "iterator"}, also from the older tool-level
-- iterator; null: none.
-- Locks: none. Never raises.
create or replace function noetl_internal.loop_source(
  p_step jsonb,
  p_at text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      case
        when p_step ? 'loop' then
          jsonb_build_object(
            'in', s.loop -> 'in',
            'in_at', p_at || '.loop.in',
            'iterator',
            coalesce(
              noetl_internal.text_of(s.loop -> 'iterator'),
              noetl_internal.text_of(noetl_internal.mapping_of(s.loop -> 'spec') -> 'iterator'),
              noetl_internal.text_of(noetl_internal.mapping_of(s.loop -> 'cursor') -> 'iterator'),
              'item'
            )
          )
        when jsonb_typeof(s.older) = 'object' then
          jsonb_build_object(
            'in', s.older -> 'items',
            'in_at', p_at || '.tool.iterator.items',
            'iterator', coalesce(noetl_internal.text_of(s.older -> 'item'), 'item')
          )
      end
    from (
      select
        noetl_internal.mapping_of(p_step -> 'loop') as loop,
        noetl_internal.mapping_of(p_step -> 'tool') -> 'iterator' as older
    ) as s
  );
end;
$function$;

comment on function noetl_internal.loop_source(jsonb, text)
is 'The loop of a step as written.';
