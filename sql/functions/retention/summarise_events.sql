-- Add the next p_limit events of a retiring execution to what its manifest tells of its steps;
-- returns how many it read. What was added is told by "read_to", in the same row.
-- Locks: the manifest row.
create or replace function noetl_internal.summarise_events(
  p_execution_id bigint,
  p_limit integer
)
returns integer
language plpgsql volatile
as $function$
declare
  v_count integer;
begin
  with known as (
    select m.manifest_id, m.summary from noetl.manifest as m
    where m.execution_id = p_execution_id and m.kind = 'retiring'
  ),
  slice as (
    select e.event_id, e.event_type::text, e.node_name, e.status, e.error::text, e.created_at
    from known as k
    inner join noetl.event as e
      on e.execution_id = p_execution_id and e.event_id > (k.summary ->> 'read_to')::bigint
    order by e.event_id
    limit p_limit
  ),
  counted as (
    select
      s.node_name as step, count(*) as events,
      count(*) filter (where s.event_type = 'step.enter' and s.status = 'entered') as entered,
      count(*) filter (where s.event_type = 'command.issued') as issued,
      count(*) filter (where s.event_type = 'command.completed') as completed,
      count(*) filter (where s.event_type = 'command.failed') as failed,
      count(*) filter (where s.event_type = 'command.cancelled') as cancelled,
      min(s.created_at) as first_at, max(s.created_at) as last_at,
      left((array_agg(s.error order by s.event_id) filter (
        where s.error is not null
      ))[1], 500) as first_error
    from slice as s
    where s.node_name is not null
    group by s.node_name
  ),
  merged as (
    select noetl_internal.merge_step_counts(k.summary -> 'steps', jsonb_object_agg(c.step, c)) as m
    from known as k
    cross join counted as c
    group by k.summary
  )
  update noetl.manifest as m
  set
    summary = k.summary || jsonb_build_object(
      'read_to', coalesce(s.last_id, (k.summary ->> 'read_to')::bigint),
      'events', (k.summary ->> 'events')::bigint + s.events,
      'steps', coalesce((select g.m from merged as g), k.summary -> 'steps')
    )
  from known as k
  cross join (select count(*) as events, max(i.event_id) as last_id from slice as i) as s
  where m.execution_id = p_execution_id and m.manifest_id = k.manifest_id
  returning s.events into v_count;
  return coalesce(v_count, 0);
end;
$function$;

comment on function noetl_internal.summarise_events(bigint, integer)
is 'Add events of a retiring execution to what its manifest tells.';
