-- The runs that have not ended, with all that is live of them and the last of their events.
select jsonb_build_object(
  'run', to_jsonb(r),
  'tokens', array(
    select to_jsonb(t) from noetl.token as t where t.execution_id = r.execution_id
  ),
  'commands', array(
    select to_jsonb(c) from noetl.command as c where c.execution_id = r.execution_id
  ),
  'loops', array(select to_jsonb(l) from noetl.loop as l where l.execution_id = r.execution_id),
  'slots', array(select to_jsonb(s) from noetl.slot as s where s.execution_id = r.execution_id),
  'changes', array(
    select to_jsonb(c) from noetl.change as c where c.execution_id = r.execution_id
  ),
  'children', array(
    select to_jsonb(x) from noetl.run as x where x.parent_execution_id = r.execution_id
  ),
  'sessions', array(select to_jsonb(s) from noetl.runtime as s where s.status = 'active'),
  'events', array(
    select concat_ws(' ', e.event_id, e.event_type, e.node_name, e.current_index, e.meta)
    from noetl.event as e
    where e.execution_id = r.execution_id
    order by e.event_id desc
    limit 80
  )
)
from noetl.run as r
where r.finished_at is null
