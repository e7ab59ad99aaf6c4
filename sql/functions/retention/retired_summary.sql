-- What is kept of a run beside its row in noetl.execution: {"run", "loops": totals by step,
-- "results": what the name of each step reads as, "steps", "events"}; the last two are filled in by
-- summarise_events, from "read_to" on. Of a stored result only where it is.
create or replace function noetl_internal.retired_summary(p_run noetl.run)
returns jsonb
language plpgsql stable
as $function$
begin
  return jsonb_build_object(
    'run', jsonb_build_object(
      'priority', p_run.priority, 'pool', p_run.pool, 'depth', p_run.depth,
      'started_by', p_run.started_by, 'parent_command_id', p_run.parent_command_id
    ),
    'loops', coalesce(
      (
        select jsonb_object_agg(l.step, to_jsonb(l) - 'step')
        from (
          select
            k.step, count(*) as activations, sum(k.total) as total, sum(k.done) as done,
            sum(k.failed) as failed, sum(k.cancelled) as cancelled,
            min(k.started_at) as started_at, max(k.finished_at) as finished_at,
            (array_agg(k.first_error order by k.loop_id) filter (
              where k.first_error is not null
            ))[1] as first_error
          from noetl.loop as k
          where k.execution_id = p_run.execution_id
          group by k.step
        ) as l
      ),
      '{}'
    ),
    'results', coalesce(
      (
        select jsonb_object_agg(
          v.name,
          jsonb_build_object(
            'value', case when not v.envelope ? 'ref' then v.value end,
            'envelope', v.envelope, 'collection_ref', l.collection_ref
          )
        )
        from noetl.variable as v
        left join noetl.loop as l
          on l.execution_id = v.execution_id and l.loop_id = v.loop_id
        where v.execution_id = p_run.execution_id and v.scope = 'step'
      ),
      '{}'
    ),
    'steps', '{}'::jsonb, 'events', 0, 'read_to', 0
  );
end;
$function$;

comment on function noetl_internal.retired_summary(noetl.run)
is 'What is kept of a run beside its row in noetl.execution.';
