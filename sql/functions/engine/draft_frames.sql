-- The drafts of a cursor loop's frames from number p_first on. Each frame carries the index of its
-- first item, so that no two of a loop share one, whatever their claims give.
create or replace function noetl_internal.draft_frames(
  p_loop noetl.loop,
  p_first integer,
  p_frames jsonb [],
  p_place bigint
)
returns noetl_internal.draft []
language plpgsql stable
as $function$
begin
  return (
    select
      array_agg(
        row(
          p_loop.execution_id,
          noetl_internal.command_id_of(
            p_loop.execution_id, p_loop.token_id, 'frame', p_loop.loop_id, n.iter_index, 1
          ),
          p_loop.catalog_id, p_loop.token_id, p_loop.step, 'frame', p_loop.loop_id, n.iter_index,
          1, 1, 1, s.max_attempts, null, p_loop.pool, p_loop.priority, p_place + f.place - 1,
          p_loop.context_version,
          f.frame || jsonb_build_object(
            'first_index', n.iter_index * noetl_internal.frame_capacity(f.frame)
          ),
          p_loop.input
        )::noetl_internal.draft
        order by f.place
      )
    from (
      select coalesce((d.definition ->> 'max_attempts')::smallint, 3::smallint) as max_attempts
      from noetl.catalog_step as d
      where d.catalog_id = p_loop.catalog_id and d.step = p_loop.step
    ) as s
    cross join unnest(p_frames) with ordinality as f (frame, place)
    cross join lateral (
      select (p_first + f.place - 1)::integer as iter_index
    ) as n
  );
end;
$function$;

comment on function noetl_internal.draft_frames(noetl.loop, integer, jsonb [], bigint)
is 'The drafts of a cursor loop''s frames.';
