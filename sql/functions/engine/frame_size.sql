-- How many items a report gives of a frame; null when the claim failed, or when the report does
-- not say, or gives more than the frame has indexes for.
create or replace function noetl_internal.frame_size(p_outcome noetl_internal.outcome)
returns integer
language sql immutable parallel safe
as $function$
  select n.item_count
  from (
    select jsonb_array_length(p_outcome.frame -> 'items') as item_count
  ) as n
  where p_outcome.is_ok and n.item_count <= noetl_internal.frame_capacity(p_outcome.item)
$function$;

comment on function noetl_internal.frame_size(noetl_internal.outcome)
is 'How many items a report gives of a frame; null when its slot cannot go on.';
