-- Whether a partition of the log has to stay: a run that began in its time is there still, or its
-- events tell of an execution that is not summarised (its run row may be lost). Executions are
-- found one by one from the primary key, without reading what lies between.
create or replace function noetl_internal.has_unretired(
  p_partition regclass,
  p_low bigint,
  p_high bigint
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_has_unretired boolean := exists (
    select from noetl.run as r where r.execution_id >= p_low and r.execution_id < p_high
  );
begin
  if not v_has_unretired then
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
        )
        select exists (
          select from told as t
          where
            t.execution_id is not null
            and not exists (
              select from noetl.manifest as m
              where m.execution_id = t.execution_id and m.kind = 'execution'
            )
        )
      $query$, p_partition
    ) into v_has_unretired;
  end if;
  return v_has_unretired;
end;
$function$;

comment on function noetl_internal.has_unretired(regclass, bigint, bigint)
is 'Whether a partition of the log has to stay.';
