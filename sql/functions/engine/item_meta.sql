-- What the event of an item's outcome says of it: which loop, which item and, in a fan-out, which
-- attempt. Stable, as jsonb_build_object is, and so a part of the statement that calls it.
create or replace function noetl_internal.item_meta(
  p_outcome noetl_internal.outcome,
  p_mode text
)
returns jsonb
language sql stable parallel safe
as $function$
  select case
    when p_mode <> 'fanout'
      then jsonb_build_object('loop_id', p_outcome.loop_id, 'iter_index', p_outcome.iter_index)
    else
      jsonb_build_object(
        'loop_id', p_outcome.loop_id,
        'shard_id', p_outcome.iter_index,
        'iter_index', p_outcome.iter_index,
        'iter_key', coalesce(p_outcome.iter_key, p_outcome.iter_index::text),
        'command_id', p_outcome.command_id,
        'shard_attempt', p_outcome.shard_attempt
      )
  end
$function$;

comment on function noetl_internal.item_meta(noetl_internal.outcome, text)
is 'What the event of an item''s outcome says of it.';
