-- What the model compares itself with: all runs, as their tables and events tell.
create function noetl_test.snapshot()
returns jsonb
language sql volatile
set jit = off
as $function$
  select coalesce(
    jsonb_object_agg(
      r.execution_id,
      jsonb_build_object(
        'status', r.status, 'is_paused', r.is_paused, 'error', r.error, 'last_step', r.last_step,
        'result', r.result #> '{context,data}', 'shown', x.status,
        'problems', array(select noetl_test.problems(r.execution_id)),
        'trail', array(
          select jsonb_build_array(e.event_type, e.node_name, e.status)
          from noetl.event as e
          where
            e.execution_id = r.execution_id
            and (
              e.event_type in ('step.exit', 'execution.retried')
              or e.event_type = 'step.enter' and e.status = 'entered'
            )
          order by e.event_id
        ),
        'tokens', array(
          select jsonb_build_array(t.step, t.status) from noetl.token as t
          where t.execution_id = r.execution_id
          order by t.token_id
        ),
        'names', (
          select jsonb_object_agg(concat_ws('.', v.scope, v.name), v.value)
          from noetl.variable as v
          where v.execution_id = r.execution_id
        ),
        'loops', array(
          select
            jsonb_build_object(
              'loop_id', l.loop_id, 'step', l.step, 'status', l.status, 'done', l.done,
              'failed', l.failed, 'cancelled', l.cancelled,
              'results', noetl_internal.loop_results(l.execution_id, l.loop_id, 0, l.total) -> 'items',
              'ends', (
                select count(*) from noetl.event as e
                where
                  e.execution_id = r.execution_id
                  and e.event_type in ('loop.done', 'loop.fanin.completed')
                  and e.meta ->> 'loop_id' = l.loop_id::text
              ),
              'twice', array(
                select e.current_index from noetl.event as e
                where
                  e.execution_id = r.execution_id
                  and e.event_type in ('loop.item', 'loop.shard.done')
                  and e.status = 'ok'
                  and e.meta ->> 'loop_id' = l.loop_id::text
                group by e.current_index
                having count(*) > 1
              )
            )
          from noetl.loop as l
          where l.execution_id = r.execution_id
          order by l.loop_id
        ),
        'commands', array(
          select
            jsonb_build_object(
              'id', c.command_id, 'step', c.step, 'index', c.iter_index, 'status', c.status,
              'session', c.session_id
            )
          from noetl.command as c
          where c.execution_id = r.execution_id
          order by c.command_id
        ),
        'outbox', array(
          select distinct h.kind::text from noetl.change as h
          where h.execution_id = r.execution_id
        )
      )
    ),
    '{}'
  )
  from noetl.run as r
  left join noetl.execution as x on x.execution_id = r.execution_id
$function$;
