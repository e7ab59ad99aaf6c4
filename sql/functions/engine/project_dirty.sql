-- Copy the state of runs that changed into noetl.execution, up to p_limit changes in all, evenly
-- from these shards; returns how many outbox rows were consumed.
-- Locks: as take_changes, and checkpoints, skipping locked ones.
create or replace function noetl_internal.project_dirty(
  p_shards integer [],
  p_limit integer
)
returns integer
language plpgsql volatile
as $function$
declare
  v_done noetl.change [];
begin
  if cardinality(p_shards) = 0 then
    return 0;
  end if;
  v_done := noetl_internal.take_changes(p_shards, p_limit);
  -- New statements: they see what was committed before the rows were taken, and maybe more.
  perform noetl_internal.project_run(r.execution_id)
  from (select distinct d.execution_id from unnest(v_done) as d) as r;
  perform noetl_internal.note_projected(p_shards, v_done);
  return coalesce(cardinality(v_done), 0);
end;
$function$;

comment on function noetl_internal.project_dirty(integer [], integer)
is 'Copy the state of runs that changed into noetl.execution.';
