-- Internal functions trust their callers: only the API functions, which run as the owner, may call
-- them.
begin;
select plan(3);

select is_empty(
  $$
    select p.oid::regprocedure, a.grantee::regrole
    from pg_proc as p
    cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
    where p.pronamespace = 'noetl_internal'::regnamespace and a.grantee <> p.proowner
  $$,
  'no internal function is granted to anybody'
);
select is_empty(
  $$
    select p.oid::regprocedure
    from pg_proc as p
    cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
    where p.pronamespace = 'noetl'::regnamespace and a.grantee = 0
  $$,
  'no API function is granted to public'
);
select is_empty(
  $$
    select n.nspname, r.rolname, p.privilege
    from pg_namespace as n
    cross join pg_roles as r
    cross join unnest(array['usage', 'create']) as p (privilege)
    where n.nspname in ('noetl', 'noetl_internal')
      and r.rolname ~ '^noetl_' and r.rolname <> 'noetl_owner'
      and (n.nspname <> 'noetl' or p.privilege <> 'usage')
      and has_schema_privilege(r.oid, n.oid, p.privilege)
  $$,
  'nobody but the owner creates in our schemas or looks into the internal one'
);

select * from finish();
rollback;
