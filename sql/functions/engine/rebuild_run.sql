-- Make the row of a run from its events. p_version is above all that the read model may have seen.
create or replace function noetl_internal.rebuild_run(
  p_execution_id bigint,
  p_version bigint
)
returns noetl.run
language plpgsql volatile
as $function$
declare
  v_run noetl.run;
begin
  insert into noetl.run (
    execution_id, catalog_id, path, status, reason, version, context_version, next_token_id,
    next_split_id, next_place, priority, pool, parent_execution_id, parent_command_id, depth,
    is_final_step_done, is_paused, started_by, started_at, finished_at, last_step, result, error
  )
  select
    s.execution_id, s.catalog_id, s.context ->> 'path',
    case
      when e.ended ->> 'status' is not null then e.ended ->> 'status'
      when e.error is not null then 'failing'
      else 'running'
    end,
    case e.ended ->> 'status' when 'cancelled' then e.ended ->> 'error' end,
    p_version, nextval('noetl.event_id_seq'), t.next_token_id, t.next_split_id, 0,
    (s.meta ->> 'priority')::smallint, coalesce(c.compiled ->> 'pool', 'default'),
    (s.meta ->> 'parent_execution_id')::bigint, s.meta ->> 'parent_command_id',
    (s.meta ->> 'depth')::integer, e.is_final_step_done,
    e.is_paused and e.ended is null, s.meta ->> 'started_by', s.created_at,
    (e.ended ->> 'created_at')::timestamptz, e.last_step,
    case e.ended ->> 'status' when 'completed' then e.ended -> 'result' end,
    case when coalesce(e.ended ->> 'status', 'failed') = 'failed' then e.error end
  from noetl.event as s
  inner join noetl.catalog as c on c.catalog_id = s.catalog_id
  cross join lateral noetl_internal.told_ends(p_execution_id) as e
  cross join lateral (
    select
      max(k.token_id) + 1 as next_token_id,
      coalesce(max(p.split_id::integer), 0) + 1 as next_split_id
    from noetl_internal.told_tokens(p_execution_id) as k
    left join lateral jsonb_array_elements_text(k.token -> 'split_ids') as p (split_id) on true
  ) as t
  where s.execution_id = p_execution_id and s.event_type = 'playbook.initialized'
  returning * into v_run;
  return v_run;
end;
$function$;

comment on function noetl_internal.rebuild_run(bigint, bigint)
is 'Make the row of a run from its events.';
