-- Whether a role may pause, resume and remove a schedule: operators, and members of its owner.
create or replace function noetl_internal.may_manage_schedule(
  p_owner name,
  p_role name
)
returns boolean
language sql stable
as $function$
  select exists (
    select from pg_catalog.pg_roles as r
    where r.rolname in (p_owner, 'noetl_operator') and pg_has_role(p_role, r.oid, 'member')
  )
$function$;

comment on function noetl_internal.may_manage_schedule(name, name)
is 'Whether a role may pause, resume and remove a schedule.';
