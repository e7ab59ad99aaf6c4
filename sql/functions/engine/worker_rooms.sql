-- The room that live workers have, of those that say what they can take: the slots that were free
-- at their last heartbeat, less what they have been handed since; per kind with slots of its own
-- those, less the commands with such tools that they hold.
create or replace function noetl_internal.worker_rooms()
returns setof noetl_internal.room
language plpgsql volatile
as $function$
begin
  return query
  select
    s.name, s.pools, array(select jsonb_array_elements_text(s.capacity -> 'tools')),
    (
      (s.capacity -> 'available_slots')::integer
      + coalesce((s.capacity -> 'active_tasks')::integer, 0)
      - (
        select count(*) from noetl.command as c
        where c.session_id = s.session_id and c.status = 'leased'
      )
    )::integer,
    (
      select jsonb_object_agg(p.kind, (p.pool -> 'slots')::integer - h.count)
      from jsonb_each(s.capacity -> 'tool_pools') as p (kind, pool)
      cross join lateral (
        select count(*) as count
        from noetl.command as c
        inner join noetl.catalog_step as t on t.catalog_id = c.catalog_id and t.step = c.step
        where
          c.session_id = s.session_id and c.status = 'leased' and c.task in ('run', 'frame')
          and p.kind = any(t.kinds)
      ) as h
    )
  from noetl.runtime as s
  where
    s.kind = 'worker' and s.status = 'active' and s.capacity ? 'available_slots'
    and s.heartbeat_at > noetl_internal.clock_now() - interval '30 seconds';
end;
$function$;

comment on function noetl_internal.worker_rooms()
is 'The room that live workers have, of those that say what they can take.';
