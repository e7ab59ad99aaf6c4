-- The time zone of a name, written as PostgreSQL lists it. Only what it lists: it would take
-- "Berlin2" for a zone of its own making.
-- Raises: NE422 when there is none.
create or replace function noetl_internal.find_time_zone(p_name text)
returns text
language plpgsql stable
as $function$
declare
  v_names text[];
  v_found text;
begin
  if upper(p_name) = 'UTC' then
    return 'UTC';  -- to list all takes a tenth of a second
  end if;
  v_names := array(
    select z.name
    from pg_catalog.pg_timezone_names as z
    where z.name !~ '^(posix|right)/|^(posixrules|localtime|Factory)$'
    order by z.name
  );
  select n.name into v_found from unnest(v_names) as n (name) where lower(n.name) = lower(p_name);
  if not found then
    raise exception 'there is no time zone "%"', left(p_name, 100) using
      errcode = 'NE422',
      detail = jsonb_build_object('time_zone', left(p_name, 100)),
      hint = coalesce(
        'Did you mean "' || noetl_internal.closest_name(p_name, v_names) || '"?',
        'Use a name such as Europe/Berlin or UTC; list them with: select name from '
        'pg_timezone_names.'
      );
  end if;
  return v_found;
end;
$function$;

comment on function noetl_internal.find_time_zone(text)
is 'The time zone of a name, written as PostgreSQL lists it.';
