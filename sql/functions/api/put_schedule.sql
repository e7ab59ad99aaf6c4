-- Start a playbook at the times of a cron expression from now on, with the rights of the caller; a
-- schedule of that name is replaced, and keeps its owner. The same content again changes nothing.
-- Locks: the schedule's row. Raises: NE422 for a bad name, cron expression, time zone, workload or
-- option; NE404 unknown playbook, NE424 missing credential, NE403 for one that is not granted, or
-- when another role owns the schedule.
create or replace function noetl.put_schedule(
  p_name text,
  p_path text,
  p_cron text,
  p_time_zone text default 'UTC',
  p_workload jsonb default '{}',
  p_options jsonb default '{}'
)
returns table (created boolean, changed boolean, next_at timestamptz)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  v_is_active boolean;
  v_new noetl.schedule;
begin
  loop  -- again only when somebody removes it in between
    v_new := noetl_internal.draft_schedule(
      p_name, p_path, p_cron, p_time_zone, p_workload, p_options,
      noetl_internal.owner_of_schedule(p_name, session_user)
    );
    v_is_active := (p_options ->> 'is_active')::boolean;
    insert into noetl.schedule (
      name, path, version, cron, time_zone, workload, priority, missed, is_active, next_at,
      run_as, created_at, updated_at
    )
    values (
      v_new.name, v_new.path, v_new.version, v_new.cron, v_new.time_zone, v_new.workload,
      v_new.priority, v_new.missed, coalesce(v_is_active, true),
      case when coalesce(v_is_active, true) then v_new.next_at end,
      v_new.run_as, v_new.created_at, v_new.updated_at
    )
    on conflict do nothing;
    created := found;
    changed := created or noetl_internal.replace_schedule(v_new, v_is_active);
    select s.next_at into next_at
    from noetl.schedule as s
    where s.name = p_name and s.run_as = v_new.run_as;
    exit when found;
  end loop;
  return next;
end;
$function$;

comment on function noetl.put_schedule(text, text, text, text, jsonb, jsonb)
is 'Start a playbook at the times of a cron expression; the same again changes nothing.';
revoke all on function noetl.put_schedule(text, text, text, text, jsonb, jsonb) from public;
grant execute on function noetl.put_schedule(text, text, text, text, jsonb, jsonb)
to noetl_runner;
