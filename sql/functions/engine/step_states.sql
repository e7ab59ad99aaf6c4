-- How each visited step of a run stands: {"step": {"status", "count"}}.
create or replace function noetl_internal.step_states(p_execution_id bigint)
returns jsonb
language plpgsql stable
as $function$
begin
  return (
    select
      coalesce(
        jsonb_object_agg(s.step, jsonb_build_object('status', s.status, 'count', s.count)), '{}'
      )
    from (
      select
        coalesce(v.name, t.step) as step,
        coalesce(t.status, v.envelope ->> 'status') as status,
        coalesce(v.visit_count, 0) as count
      from (
        select v.name, v.envelope, v.visit_count
        from noetl.variable as v
        where v.execution_id = p_execution_id and v.scope = 'step'
      ) as v
      full join (
        select
          t.step,
          case min(t.status)
            when 'active' then 'running' when 'ready' then 'running' else 'waiting'
          end as status
        from noetl.token as t
        where t.execution_id = p_execution_id
        group by t.step
      ) as t on t.step = v.name
    ) as s
  );
end;
$function$;

comment on function noetl_internal.step_states(bigint)
is 'How each visited step of a run stands.';
