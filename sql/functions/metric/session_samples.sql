-- Sessions: live ones and the most silent of them, ended ones that are still kept, and for each
-- pool the workers and slots that serve it.
create or replace function noetl_internal.session_samples()
returns table (name text, labels jsonb, value double precision)
language sql stable
as $function$
  with live as (
    select s.kind, count(*) as n, min(s.heartbeat_at) as heard_at
    from noetl.runtime as s
    where s.status = 'active'
    group by s.kind
  ),
  served as (
    select
      p.pool, count(*) as n,
      sum(
        case
          when jsonb_typeof(s.capacity -> 'slots') = 'number'
            then (s.capacity ->> 'slots')::double precision
        end
      ) as slots
    from noetl.runtime as s
    cross join unnest(s.pools) as p (pool)
    where s.status = 'active' and s.kind = 'worker'
    group by p.pool
  )
  select 'noetl_sessions', jsonb_build_object('kind', l.kind), l.n from live as l
  union all
  select
    'noetl_sessions_silent_seconds', jsonb_build_object('kind', l.kind),
    greatest(extract(epoch from noetl_internal.clock_now() - l.heard_at), 0)
  from live as l
  union all
  select 'noetl_sessions_ended', jsonb_build_object('kind', s.kind), count(*)
  from noetl.runtime as s
  where s.status = 'ended'
  group by s.kind
  union all
  select 'noetl_pool_workers', jsonb_build_object('pool', s.pool), s.n from served as s
  union all
  select 'noetl_pool_slots', jsonb_build_object('pool', s.pool), s.slots
  from served as s
  where s.slots is not null
$function$;

comment on function noetl_internal.session_samples() is 'Sessions and pools, for metrics.';
