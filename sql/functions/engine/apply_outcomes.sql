-- Account for finished commands of one run: events, loops, steps that have ended, and what follows
-- from them. The one path for reports, lost workers and refused commands.
-- Locks: loop rows, ascending; then the run row.
create or replace function noetl_internal.apply_outcomes(
  p_execution_id bigint,
  p_outcomes noetl_internal.outcome []
)
returns void
language plpgsql volatile
as $function$
declare
  v_has_moved boolean := false;
  v_outcome noetl_internal.outcome;
begin
  perform noetl_internal.log_outcomes(p_outcomes);
  if exists (select from unnest(p_outcomes) as o where o.loop_id is not null) then
    v_has_moved := noetl_internal.apply_items(p_execution_id, p_outcomes);
  end if;
  -- A row loop over the plain steps of the batch, which are one or few per run.
  for v_outcome in
    select o.* from unnest(p_outcomes) as o where o.loop_id is null
  loop
    perform noetl_internal.end_plain_command(v_outcome);
    v_has_moved := true;
  end loop;
  if v_has_moved then
    perform noetl_internal.advance_run(p_execution_id);
  end if;
  perform noetl_internal.mark_change('dirty', p_execution_id);
end;
$function$;

comment on function noetl_internal.apply_outcomes(bigint, noetl_internal.outcome [])
is 'Account for finished commands of one run, and for what follows from them.';
