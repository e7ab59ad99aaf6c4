-- How many items a frame of a cursor loop can have: one per row, or itself as one.
create or replace function noetl_internal.frame_capacity(p_frame jsonb)
returns integer
language sql immutable parallel safe
as $function$
  select case p_frame ->> 'process' when 'frame' then 1 else (p_frame ->> 'max_rows')::integer end
$function$;

comment on function noetl_internal.frame_capacity(jsonb)
is 'How many items a frame of a cursor loop can have.';
