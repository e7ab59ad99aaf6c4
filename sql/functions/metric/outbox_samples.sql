-- The outbox by kind, and what the shards of the projection last said of themselves.
create or replace function noetl_internal.outbox_samples()
returns table (name text, labels jsonb, value double precision)
language sql stable
as $function$
  select 'noetl_outbox_changes', jsonb_build_object('kind', c.kind), count(*)
  from noetl.change as c
  group by c.kind
  union all
  select
    'noetl_projection_lag_seconds', jsonb_build_object('shard', p.shard::text), p.lag_ms / 1000.0
  from noetl.projection_checkpoint as p
  union all
  select
    'noetl_checkpoint_age_seconds', jsonb_build_object('shard', c.shard::text),
    extract(epoch from noetl_internal.clock_now() - c.checkpoint_at)
  from noetl.checkpoint as c
$function$;

comment on function noetl_internal.outbox_samples()
is 'The outbox and its followers, for metrics.';
