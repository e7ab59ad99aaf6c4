-- From which place in line on a session's claim need look, by priority and pool, as note_passed has
-- left it for claims with room for the same kinds; null when that is over.
create or replace function noetl_internal.passed_places(
  p_session noetl.runtime,
  p_open jsonb
)
returns jsonb
language plpgsql stable
as $function$
begin
  if
    p_session.passed -> 'open' = p_open
    and (p_session.passed ->> 'until')::bigint > extract(epoch from clock_timestamp()) * 1000
  then
    return p_session.passed -> 'places';
  end if;
  return null;
end;
$function$;

comment on function noetl_internal.passed_places(noetl.runtime, jsonb)
is 'From which place in line on a session''s claim need look.';
