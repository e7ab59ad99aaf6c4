-- Live runs by status, with "paused" for those that stand still. It steps from run to run through
-- the tokens: there are many ended runs, and only live ones have tokens.
create or replace function noetl_internal.run_samples()
returns table (name text, labels jsonb, value double precision)
language sql stable
as $function$
  with recursive live as (
    (select t.execution_id from noetl.token as t order by t.execution_id limit 1)
    union all
    select n.execution_id
    from live as l
    cross join lateral (
      select t.execution_id from noetl.token as t
      where t.execution_id > l.execution_id
      order by t.execution_id
      limit 1
    ) as n
  )
  select
    'noetl_runs',
    jsonb_build_object('status', case when r.is_paused then 'paused' else r.status end),
    count(*)
  from live as l
  cross join lateral (
    -- The limit keeps it a look at one run for each: joined, it may read all that ever were.
    select n.is_paused, n.status from noetl.run as n
    where n.execution_id = l.execution_id
    limit 1
  ) as r
  group by 2
$function$;

comment on function noetl_internal.run_samples() is 'Live runs by status, for metrics.';
