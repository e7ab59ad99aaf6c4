-- Refuse the name of a schedule that does not exist, or that is not p_role's to manage.
-- Raises: NE404, NE403.
create or replace function noetl_internal.require_schedule(
  p_name text,
  p_role name
)
returns void
language plpgsql stable
as $function$
begin
  if not noetl_internal.has_schedule(p_name, p_role) then
    raise exception 'no schedule is named "%"', left(p_name, 130) using
      errcode = 'NE404', hint = 'List schedules with: noetl schedule list.';
  end if;
end;
$function$;

comment on function noetl_internal.require_schedule(text, name)
is 'Refuse the name of a schedule that does not exist.';
