-- Whether the calling role may report for a session: it registered it, or is a member of the role that did.
-- An ended session may still report: the fence of its commands decides what that changes.
create or replace function noetl_internal.may_report(p_session_id uuid)
returns boolean
language sql stable
as $function$
  select exists (
    select from noetl.runtime as s
    where s.session_id = p_session_id and pg_has_role(session_user, s.role, 'member')
  )
$function$;

comment on function noetl_internal.may_report(uuid)
is 'Whether the calling role may report for a session.';
