-- Whether a role may use a credential: it owns it, or a grant names the role or one it is a member
-- of.
create or replace function noetl_internal.may_use_credential(
  p_name text,
  p_role name
)
returns boolean
language sql stable
as $function$
  select exists (
    select from noetl.credential as c
    left join noetl.credential_grant as g on g.name = c.name
    inner join pg_catalog.pg_roles as r on r.rolname in (c.owner_role, g.grantee)
    where c.name = p_name and pg_has_role(p_role, r.oid, 'member')
  )
$function$;

comment on function noetl_internal.may_use_credential(text, name)
is 'Whether a role may use a credential.';
