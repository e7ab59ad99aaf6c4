-- Account for finished commands of one run: events, retries of shards, loops, steps that have
-- ended, and what follows from them. The one path for reports, lost workers and refused commands.
-- True when it has left counts of loops to others (count_tallies), who then mark the run changed.
-- Locks: loop rows, ascending; then the run row.
create or replace function noetl_internal.apply_outcomes(
  p_execution_id bigint,
  p_outcomes noetl_internal.outcome []
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_kinds record;
  v_items noetl_internal.outcome [] := array[]::noetl_internal.outcome [];
  v_again noetl_internal.draft [];
  v_retried text [] := array[]::text [];
  v_counts record;
  v_tally noetl.loop_tally;
  v_outcome noetl_internal.outcome;
  v_is_left boolean := false;
  v_has_moved boolean;
begin
  select
    coalesce(bool_or(o.loop_id is not null), false) as has_items,
    coalesce(bool_or(o.loop_id is null), false) as has_steps,
    coalesce(bool_or(o.loop_id is not null and not o.is_ok), false) as has_failed_items,
    coalesce(bool_or(o.task = 'frame'), false) as has_frames
  into v_kinds
  from unnest(p_outcomes) as o;
  if v_kinds.has_frames then
    v_items := array(select noetl_internal.frame_items(p_outcomes));
  elsif v_kinds.has_items then
    v_items := p_outcomes;
  end if;
  if v_kinds.has_failed_items then
    v_again := noetl_internal.failed_shards(p_execution_id, p_outcomes);
    v_retried := array(select d.command_id from unnest(v_again) as d);
  end if;
  perform noetl_internal.log_outcomes(p_outcomes);
  if v_kinds.has_items then
    perform noetl_internal.log_items(v_items, v_retried);
  end if;
  if v_again is not null then
    perform noetl_internal.issue_again(v_again, 0, 1);
  end if;

  v_has_moved := v_kinds.has_steps;
  if v_kinds.has_items then
    v_counts := noetl_internal.count_outcomes(p_execution_id, p_outcomes, v_retried);
    v_is_left := v_counts.is_left;
    -- Row loops, over the loops of the batch and over its plain steps: each may route on.
    foreach v_tally in array v_counts.counted loop
      v_has_moved :=
        noetl_internal.settle_loop(p_execution_id, v_tally.loop_id, v_tally.ctx) or v_has_moved;
    end loop;
  end if;
  if v_kinds.has_steps then
    foreach v_outcome in array p_outcomes loop
      continue when v_outcome.loop_id is not null;
      perform noetl_internal.end_plain_command(v_outcome);
    end loop;
  end if;
  if v_has_moved then
    perform noetl_internal.advance_run(p_execution_id);
  end if;
  if v_has_moved or not v_is_left then
    perform noetl_internal.mark_change('dirty', p_execution_id);
  end if;
  return v_is_left;
end;
$function$;

comment on function noetl_internal.apply_outcomes(bigint, noetl_internal.outcome [])
is 'Account for finished commands of one run, and for what follows from them.';
