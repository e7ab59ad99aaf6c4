-- Issue items of a loop again that were issued before a retry_execution, in item order; returns how
-- many.
-- Locks: the caller holds the loop's expansion lock.
create or replace function noetl_internal.repeat_items(
  p_loop noetl.loop,
  p_limit integer,
  p_place bigint
)
returns integer
language plpgsql volatile
as $function$
declare
  v_drafts noetl_internal.draft [];
begin
  with due as (
    delete from noetl.loop_repeat as p
    where
      p.execution_id = p_loop.execution_id
      and p.loop_id = p_loop.loop_id
      and p.iter_index in (
        select k.iter_index from noetl.loop_repeat as k
        where k.execution_id = p_loop.execution_id and k.loop_id = p_loop.loop_id
        order by k.iter_index
        limit p_limit
      )
    returning p.iter_index, p.issue
  )
  select
    array_agg(
      row(
        f.execution_id,
        noetl_internal.command_id_of(
          f.execution_id, f.token_id, f.task, f.loop_id, f.iter_index, d.issue
        ),
        f.catalog_id, f.token_id, f.step, f.task, f.loop_id, f.iter_index, d.issue, 1, 1,
        f.max_attempts, f.total, f.pool, f.priority, p_place + d.iter_index, f.context_version,
        f.item, f.input
      )::noetl_internal.draft
    )
  into v_drafts
  from due as d
  cross join lateral unnest(noetl_internal.draft_items(p_loop, d.iter_index, 1, 0)) as f;
  perform noetl_internal.issue_batch(v_drafts);
  return coalesce(cardinality(v_drafts), 0);
end;
$function$;

comment on function noetl_internal.repeat_items(noetl.loop, integer, bigint)
is 'Issue items of a loop again that were issued before a retry_execution.';
