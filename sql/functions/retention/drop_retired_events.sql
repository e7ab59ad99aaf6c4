-- Remove events of retired executions from a partition that has to stay for others, at most
-- p_limit; returns how many.
create or replace function noetl_internal.drop_retired_events(
  p_partition regclass,
  p_limit integer
)
returns integer
language plpgsql volatile
as $function$
declare
  v_count integer;
begin
  execute format(
    $query$
      with recursive told as (
        (select e.execution_id from %1$s as e order by e.execution_id limit 1)
        union all
        select (
          select e.execution_id from %1$s as e
          where e.execution_id > t.execution_id order by e.execution_id limit 1
        )
        from told as t where t.execution_id is not null
      ),
      retired as (
        select t.execution_id from told as t
        where
          t.execution_id is not null
          and exists (
            select from noetl.manifest as m
            where m.execution_id = t.execution_id and m.kind = 'execution'
          )
        limit 1000
      )
      delete from %1$s as e
      where e.ctid = any(array(
        select k.ctid from retired as r
        cross join lateral (
          select i.ctid from %1$s as i where i.execution_id = r.execution_id limit $1
        ) as k
        limit $1
      ))
    $query$, p_partition
  ) using p_limit;
  get diagnostics v_count = row_count;
  return v_count;
end;
$function$;

comment on function noetl_internal.drop_retired_events(regclass, integer)
is 'Remove events of retired executions from a partition that has to stay for others.';
