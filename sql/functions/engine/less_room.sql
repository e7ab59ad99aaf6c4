-- The room of a worker after it is given p_count commands with tools of these kinds.
create or replace function noetl_internal.less_room(
  p_room noetl_internal.room,
  p_kinds text [],
  p_count integer
)
returns noetl_internal.room
language sql immutable parallel safe
as $function$
  select
    row(
      p_room.worker, p_room.pools, p_room.tools, p_room.free - p_count,
      p_room.tool_free || coalesce(
        (
          select jsonb_object_agg(k.kind, (p_room.tool_free -> k.kind)::integer - p_count)
          from unnest(p_kinds) as k (kind)
          where p_room.tool_free ? k.kind
        ), '{}'
      )
    )::noetl_internal.room
$function$;

comment on function noetl_internal.less_room(noetl_internal.room, text [], integer)
is 'The room of a worker after it is given commands.';
