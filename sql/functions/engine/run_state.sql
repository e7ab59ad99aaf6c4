-- The state column of noetl.execution, from run state: the latest activation of each loop step, and
-- every step.
create or replace function noetl_internal.run_state(p_run noetl.run)
returns jsonb
language plpgsql stable
as $function$
begin
  return (
    with latest as (
      select distinct on (l.step) l.*
      from noetl.loop as l
      where l.execution_id = p_run.execution_id
      order by l.step, l.loop_id desc
    )
    select jsonb_build_object(
      'loop', coalesce(
        jsonb_object_agg(
          l.step,
          jsonb_build_object(
            'loop_id', l.loop_id, 'total', l.total, 'done', l.done, 'failed', l.failed,
            'cancelled', l.cancelled,
            'collection_ref',
            case
              when l.mode <> 'cursor'
                then coalesce(
                  l.collection_ref, noetl_internal.loop_uri(l.execution_id, l.loop_id)
                )
            end,
            'mode', l.mode, 'completed', l.finished_at is not null
          )
        ),
        '{}'
      ),
      'fanout', coalesce(
        jsonb_object_agg(
          l.step,
          jsonb_build_object(
            'loop_id', l.loop_id, 'total_shards', l.total, 'done', l.done, 'failed', l.failed,
            'status', l.status
          )
        ) filter (where l.mode = 'fanout'),
        '{}'
      ),
      'step', noetl_internal.step_states(p_run.execution_id),
      'error', p_run.error
    )
    from latest as l
  );
end;
$function$;

comment on function noetl_internal.run_state(noetl.run)
is 'The state column of noetl.execution, from run state.';
