-- Live runs by status, with "paused" for those that stand still; counted up to the limit.
create or replace function noetl_internal.run_samples()
returns table (name text, labels jsonb, value double precision)
language sql stable
as $function$
  select
    'noetl_runs',
    jsonb_build_object('status', case when r.is_paused then 'paused' else r.status end),
    count(*)
  from (
    select l.is_paused, l.status from noetl.run as l
    where l.finished_at is null
    limit noetl_internal.count_limit()
  ) as r
  group by 2
$function$;

comment on function noetl_internal.run_samples() is 'Live runs by status, for metrics.';
