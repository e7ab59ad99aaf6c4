-- The drafts of a range of a loop's items; items of a small collection ride along.
create or replace function noetl_internal.draft_items(
  p_loop noetl.loop,
  p_first integer,
  p_count integer,
  p_place bigint
)
returns noetl_internal.draft []
language plpgsql stable
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
begin
  return (
    select
      array_agg(
        row(
          p_loop.execution_id,
          noetl_internal.command_id_of(
            p_loop.execution_id, p_loop.token_id, 'run', p_loop.loop_id, n.iter_index, 1
          ),
          p_loop.catalog_id, p_loop.token_id, p_loop.step, 'run', p_loop.loop_id, n.iter_index,
          1, 1, 1, s.max_attempts, p_loop.total, p_loop.pool, p_loop.priority,
          p_place + n.iter_index - p_first, p_loop.context_version, i.item, p_loop.input
        )::noetl_internal.draft
      )
    from (
      select coalesce((d.definition ->> 'max_attempts')::smallint, 3::smallint) as max_attempts
      from noetl.catalog_step as d
      where d.catalog_id = p_loop.catalog_id and d.step = p_loop.step
    ) as s
    cross join generate_series(p_first, p_first + p_count - 1) as n (iter_index)
    left join noetl_internal.load_items(
      p_loop.execution_id, p_loop.loop_id, p_first,
      case when p_loop.is_external then 0 else p_count end
    ) as i on i.iter_index = n.iter_index
  );
end;
$function$;

comment on function noetl_internal.draft_items(noetl.loop, integer, integer, bigint)
is 'The drafts of a range of a loop''s items.';
