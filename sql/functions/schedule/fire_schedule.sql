-- Do what a due schedule does now, and move it on. A failure is told on its row, moves it on as
-- well, and holds up nobody else; where nothing follows it stops. False when somebody was in the
-- way: then it stays due.
-- Locks: none that waits; the caller has locked the row.
create or replace function noetl_internal.fire_schedule(
  p_schedule noetl.schedule,
  p_now timestamptz
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_due_at timestamptz;
  v_next_at timestamptz;
  v_run bigint;
  v_error jsonb;
  v_hint text;
begin
  begin
    select f.due_at, f.next_at into v_due_at, v_next_at
    from noetl_internal.plan_firing(p_schedule, p_now) as f;
    if v_due_at is not null then
      v_run := noetl_internal.start_scheduled(p_schedule, v_due_at);
    end if;
  exception
    when deadlock_detected or serialization_failure or lock_not_available
      or insufficient_resources then
      return false;
    when others then
      get stacked diagnostics v_hint = pg_exception_hint;
      v_due_at := coalesce(v_due_at, p_schedule.next_at);
      v_error := jsonb_build_object(
        'code', sqlstate, 'message', left(sqlerrm, 2000), 'hint', nullif(v_hint, '')
      );
  end;
  update noetl.schedule as s
  set
    next_at = v_next_at, is_active = v_next_at is not null,
    last_at = coalesce(v_due_at, s.last_at),
    last_execution_id = case when v_due_at is null then s.last_execution_id else v_run end,
    last_error = case when v_due_at is null then s.last_error else v_error end
  where s.name = p_schedule.name;
  return true;
end;
$function$;

comment on function noetl_internal.fire_schedule(noetl.schedule, timestamptz)
is 'Do what a due schedule does now, and move it on.';
