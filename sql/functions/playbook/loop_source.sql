-- The loop of a step as written: {"in", "in_at", "iterator"}, also from the older iterator of its
-- only tool, which says "older" then; null: none. In a list of tasks an iterator is a task's own.
-- Locks: none. Never raises.
create or replace function noetl_internal.loop_source(
  p_step jsonb,
  p_at text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_loop jsonb := noetl_internal.mapping_of(p_step -> 'loop');
  v_older jsonb;
  v_older_at text;
begin
  if p_step ? 'loop' then
    return jsonb_build_object(
      'in', v_loop -> 'in',
      'in_at', p_at || '.loop.in',
      'iterator',
      coalesce(
        noetl_internal.text_of(v_loop -> 'iterator'),
        noetl_internal.text_of(noetl_internal.mapping_of(v_loop -> 'spec') -> 'iterator'),
        noetl_internal.text_of(noetl_internal.mapping_of(v_loop -> 'cursor') -> 'iterator'),
        'item'
      )
    );
  end if;
  select t.body -> 'iterator', t.at || '.iterator' into v_older, v_older_at
  from noetl_internal.list_tasks(p_step -> 'tool', p_step ->> 'step', p_at || '.tool') as t
  where jsonb_typeof(p_step -> 'tool') = 'object' and jsonb_typeof(t.body -> 'iterator') = 'object';
  if v_older is null then
    return null;
  end if;
  return jsonb_build_object(
    'in', v_older -> 'items',
    'in_at', v_older_at || '.items',
    'iterator', coalesce(noetl_internal.text_of(v_older -> 'item'), 'item'),
    'older', v_older_at
  );
end;
$function$;

comment on function noetl_internal.loop_source(jsonb, text)
is 'The loop of a step as written.';
