-- Read the events of executions that are being retired into their manifests, and remove their
-- state: about p_limit events and rows. Returns how many executions it was at, and how many of them
-- are done. Each call is complete in itself: what a killed one had begun is as it was before.
-- Locks: manifest rows, skipping locked ones.
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
  v_read integer;
  v_dropped integer;
begin
  touched := 0;
  finished := 0;
  -- A row loop, because the executions share one budget, p_limit.
  for v_manifest in
    select m.execution_id, m.manifest_id from noetl.manifest as m
    where m.kind = 'retiring'
    order by m.execution_id
    limit 100
    for no key update skip locked
  loop
    exit when v_left <= 0;
    v_read := noetl_internal.summarise_events(v_manifest.execution_id, v_left);
    v_dropped := noetl_internal.drop_run_rows(v_manifest.execution_id, v_left);
    touched := touched + 1;
    if v_read < v_left and v_dropped < v_left then
      update noetl.manifest as m
      set kind = 'execution', summary = m.summary - 'read_to'
      where
        m.execution_id = v_manifest.execution_id and m.manifest_id = v_manifest.manifest_id;
      finished := finished + 1;
    end if;
    v_left := v_left - v_read - v_dropped;
  end loop;
end;
$function$;

comment on function noetl_internal.finish_retiring(integer)
is 'Read the events of retiring executions into their manifests, and remove their state.';
