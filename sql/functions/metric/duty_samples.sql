-- How many ticks and shards each dispatcher holds; '' stands for those that nobody does, or whose
-- owner has let its lease run out.
create or replace function noetl_internal.duty_samples()
returns table (name text, labels jsonb, value double precision)
language sql stable
as $function$
  with held (name, owner_session_id, lease_until) as (
    select 'noetl_dispatcher_duties', d.owner_session_id, d.lease_until from noetl.duty as d
    union all
    select 'noetl_dispatcher_shards', x.owner_session_id, x.lease_until
    from noetl.execution_shard as x
  )
  select h.name, jsonb_build_object('dispatcher', coalesce(s.name, '')), count(*)
  from held as h
  left join noetl.runtime as s
    on s.session_id = h.owner_session_id
    and s.status = 'active' and h.lease_until > noetl_internal.clock_now()
  group by h.name, s.name
$function$;

comment on function noetl_internal.duty_samples()
is 'How many ticks and shards each dispatcher holds, for metrics.';
