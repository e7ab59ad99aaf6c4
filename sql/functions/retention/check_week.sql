-- Look for executions in a partition of the log that are not retired: at the runs, and where there
-- is none at the next p_limit executions that its events tell of, which may have lost their run.
-- These are found one by one from the primary key, without reading what lies between, and those
-- found retired stay so: noetl.trim_mark tells how far, and the next call begins there. looked: how
-- many it found retired; is_through: that was the last.
-- Locks: the row of noetl.trim_mark.
create or replace function noetl_internal.check_week(
  p_partition regclass,
  p_low bigint,
  p_high bigint,
  p_limit integer,
  out looked integer,
  out is_through boolean
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_mark bigint := coalesce(
    (select t.retired_to from noetl.trim_mark as t where t.low = p_low), p_low
  );
  v_next bigint;
begin
  looked := 0;
  is_through := false;
  if noetl_internal.is_run_there(p_low, p_high) then
    return;
  end if;
  execute format(
    $query$
      with recursive told as (
        (
          select e.execution_id, 1 as number from %1$s as e
          where e.execution_id >= $1 order by e.execution_id limit 1
        )
        union all
        select n.execution_id, t.number + 1
        from told as t
        cross join lateral (
          select e.execution_id from %1$s as e
          where e.execution_id > t.execution_id order by e.execution_id limit 1
        ) as n
        where
          t.number <= $2
          and exists (
            select from noetl.manifest as m
            where m.execution_id = t.execution_id and m.kind = 'execution'
          )
      )
      select count(*), max(t.execution_id) from told as t
    $query$, p_partition
  ) into looked, v_next using v_mark, p_limit;
  -- The last one found is not known to be retired, but where it is the last of all.
  is_through := looked = 0 or looked <= p_limit and exists (
    select from noetl.manifest as m where m.execution_id = v_next and m.kind = 'execution'
  );
  if not is_through then
    looked := looked - 1;
  end if;
  insert into noetl.trim_mark as t (low, retired_to)
  values (p_low, case when is_through then p_high else v_next end)
  on conflict (low) do update set retired_to = excluded.retired_to
  where t.retired_to < excluded.retired_to;
end;
$function$;

comment on function noetl_internal.check_week(regclass, bigint, bigint, integer)
is 'Look for executions in a partition of the log that are not retired.';
