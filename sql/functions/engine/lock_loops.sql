-- Lock the loops whose items a batch has finished, before its chunks take the run row.
-- Locks: loop rows, ascending.
create or replace function noetl_internal.lock_loops(
  p_execution_id bigint,
  p_outcomes noetl_internal.outcome []
)
returns void
language plpgsql volatile
as $function$
begin
  perform 1 from noetl.loop as l
  where
    l.execution_id = p_execution_id
    and l.loop_id in (select o.loop_id from unnest(p_outcomes) as o)
  order by l.loop_id
  for no key update;
end;
$function$;

comment on function noetl_internal.lock_loops(bigint, noetl_internal.outcome [])
is 'Lock the loops whose items a batch has finished.';
