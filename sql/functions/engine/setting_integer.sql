-- An engine setting as an integer.
-- Raises: NE500 when it is missing, which only a changed noetl.setting can cause.
create or replace function noetl_internal.setting_integer(p_name text)
returns integer
language plpgsql stable
as $function$
declare
  v_value integer;
begin
  select (s.value #>> '{}')::integer into v_value
  from noetl.setting as s
  where s.name = p_name;
  if not found then
    raise exception 'setting % is missing', p_name using
      errcode = 'NE500', hint = 'Insert it into noetl.setting again; see docs/settings.md.';
  end if;
  return v_value;
end;
$function$;

comment on function noetl_internal.setting_integer(text) is 'An engine setting as an integer.';
