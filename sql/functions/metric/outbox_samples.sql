-- The outbox by kind, counted up to the limit, and since when its oldest change waits; the
-- checkpoints of the shards.
create or replace function noetl_internal.outbox_samples()
returns table (name text, labels jsonb, value double precision)
language sql stable
as $function$
  with counted as (
    select k.kind, count(*) as n, min(k.marked_at) as since
    from (
      -- One look for each index of the outbox, from its beginning.
      (
        select c.kind, c.marked_at from noetl.change as c
        where c.kind = 'dirty'
        limit noetl_internal.count_limit()
      )
      union all
      (
        select c.kind, c.marked_at from noetl.change as c
        where c.kind in ('advance', 'cancel')
        order by c.change_id
        limit noetl_internal.count_limit()
      )
      union all
      (
        select c.kind, c.marked_at from noetl.change as c
        where c.kind = 'publish'
        order by c.change_id
        limit noetl_internal.count_limit()
      )
    ) as k
    group by k.kind
  )
  select 'noetl_outbox_changes', jsonb_build_object('kind', c.kind), c.n from counted as c
  union all
  select
    'noetl_outbox_oldest_seconds', jsonb_build_object('kind', c.kind),
    greatest(extract(epoch from noetl_internal.clock_now() - c.since), 0)
  from counted as c
  union all
  select
    'noetl_checkpoint_age_seconds', jsonb_build_object('shard', c.shard::text),
    extract(epoch from noetl_internal.clock_now() - c.checkpoint_at)
  from noetl.checkpoint as c
$function$;

comment on function noetl_internal.outbox_samples() is 'The outbox, for metrics.';
