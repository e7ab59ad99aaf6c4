-- Sessions that ended session_retention_days ago and that nothing refers to any more, at most
-- p_limit; 0 days: none.
create or replace function noetl_internal.forgettable_sessions(p_limit integer)
returns setof uuid
language plpgsql stable
as $function$
declare
  v_days integer := least(
    noetl_internal.setting_integer('session_retention_days'), 36500
  );
begin
  return query
  select s.session_id from noetl.runtime as s
  where
    v_days > 0
    and s.status = 'ended'
    and s.ended_at < noetl_internal.clock_now() - make_interval(days => v_days)
    and not exists (
      select from noetl.command as c
      where c.session_id = s.session_id and c.status = 'leased'
    )
    and not exists (
      select from noetl.duty as d where d.owner_session_id = s.session_id
    )
  limit p_limit;
end;
$function$;

comment on function noetl_internal.forgettable_sessions(integer)
is 'Sessions that ended long ago and that nothing refers to any more.';
