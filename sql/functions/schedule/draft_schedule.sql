-- A new schedule, checked as far as it can be before it fires.
-- Raises: NE422 for a bad name, cron expression, time zone, workload or option; NE404 unknown
-- playbook, NE424 missing credential, NE403 not granted to p_run_as.
create or replace function noetl_internal.draft_schedule(
  p_name text,
  p_path text,
  p_cron text,
  p_time_zone text,
  p_workload jsonb,
  p_options jsonb,
  p_run_as name
)
returns noetl.schedule
language plpgsql stable
as $function$
declare
  v_new noetl.schedule;
  v_catalog noetl.catalog;
begin
  if coalesce(p_name, '') !~ '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$' then
    raise exception 'bad schedule name "%"', left(p_name, 130) using
      errcode = 'NE422', hint = 'Use letters, digits, "_", "." and "-", at most 128 characters.';
  elsif jsonb_typeof(p_workload) not in ('object', 'null') then
    raise exception 'workload is a %, not a mapping', noetl_internal.python_type(p_workload) using
      errcode = 'NE422', hint = 'Pass a mapping such as {"region": "eu"}.';
  end if;
  perform noetl_internal.require_schedule_options(p_options);
  v_new.name := p_name;
  v_new.cron := btrim(p_cron, E' \t\r\n');
  v_new.time_zone := noetl_internal.find_time_zone(coalesce(p_time_zone, 'UTC'));
  v_new.next_at := noetl_internal.next_instant(
    noetl_internal.parse_cron(p_cron), v_new.time_zone, noetl_internal.clock_now()
  );
  if v_new.next_at is null then
    perform noetl_internal.raise_cron(
      p_cron, null, 'there is no such time', 'Look at day and month: February has no 30th.'
    );
  end if;
  v_new.version := (p_options ->> 'version')::integer;
  v_catalog := noetl_internal.find_playbook(p_path, p_options ->> 'version');
  perform noetl_internal.check_credentials(v_catalog.compiled -> 'credentials', p_run_as);
  v_new.path := v_catalog.path;
  v_new.workload := coalesce(nullif(p_workload, 'null'), '{}');
  v_new.priority := (p_options ->> 'priority')::smallint;
  v_new.missed := coalesce(p_options ->> 'missed', 'once');
  v_new.run_as := p_run_as;
  v_new.created_at := noetl_internal.clock_now();
  v_new.updated_at := v_new.created_at;
  return v_new;
end;
$function$;

comment on function noetl_internal.draft_schedule(text, text, text, text, jsonb, jsonb, name)
is 'A new schedule, checked as far as it can be before it fires.';
