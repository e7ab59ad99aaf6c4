-- Read the events of executions that are being retired into their manifests, and remove their
-- state: about p_limit events and rows. Returns how many executions it was at, and how many of them
-- are done; one that fails is left for an hour. Each call is complete in itself: what a killed one
-- had begun is as it was before.
-- Locks: manifest rows, skipping locked ones; as finish_retirement.
create or replace function noetl_internal.finish_retiring(
  p_limit integer,
  out touched integer,
  out finished integer
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_manifest record;
  v_left integer := p_limit;
  v_did record;
begin
  touched := 0;
  finished := 0;
  -- A row loop, because the executions share one budget, p_limit, and each has its own errors.
  for v_manifest in
    select m.execution_id, m.manifest_id from noetl.manifest as m
    where
      m.kind = 'retiring' and not noetl_internal.is_retention_failing(m.execution_id)
    order by m.execution_id
    limit 100
    for no key update skip locked
  loop
    exit when v_left <= 0;
    v_did := noetl_internal.finish_retirement(
      v_manifest.execution_id, v_manifest.manifest_id, v_left
    );
    continue when v_did.moved is null;
    touched := touched + 1;
    finished := finished + v_did.is_through::integer;
    v_left := v_left - v_did.moved;
  end loop;
end;
$function$;

comment on function noetl_internal.finish_retiring(integer)
is 'Read the events of retiring executions into their manifests, and remove their state.';
