-- Refuse options of put_schedule that no schedule can have.
-- Raises: NE422.
create or replace function noetl_internal.require_schedule_options(p_options jsonb)
returns void
language plpgsql immutable
as $function$
declare
  v_unknown text;
begin
  perform noetl_internal.require_options(p_options);
  select k into v_unknown
  from jsonb_object_keys(coalesce(nullif(p_options, 'null'), '{}')) as k
  where k not in ('missed', 'priority', 'version', 'is_active')
  order by k
  limit 1;
  if found then
    raise exception 'a schedule has no option "%"', left(v_unknown, 100) using
      errcode = 'NE422',
      hint = noetl_internal.suggest_name(v_unknown, '{missed,priority,version,is_active}');
  elsif p_options ->> 'missed' not in ('skip', 'once', 'all') then
    raise exception 'missed is "%"', left(p_options ->> 'missed', 20) using
      errcode = 'NE422', hint = 'Pass skip, once or all: what to do about missed firings.';
  elsif p_options ->> 'version' !~ '^[1-9][0-9]{0,8}$' then
    raise exception 'version is "%", not a number', left(p_options ->> 'version', 20) using
      errcode = 'NE422', hint = 'Leave it out to start the latest version.';
  elsif jsonb_typeof(p_options -> 'is_active') not in ('boolean', 'null') then
    raise exception 'is_active is neither true nor false' using
      errcode = 'NE422', hint = 'Leave it out to keep what it is; a new schedule is active.';
  end if;
end;
$function$;

comment on function noetl_internal.require_schedule_options(jsonb)
is 'Refuse options of put_schedule that no schedule can have.';
