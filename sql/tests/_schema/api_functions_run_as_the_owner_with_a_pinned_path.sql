-- Callers own no tables. A definer function without a pinned path runs what its caller put before
-- our names.
begin;
select plan(3);

select is_empty(
  $$
    select p.oid::regprocedure, p.prosecdef, p.proconfig
    from pg_proc as p
    where p.pronamespace = 'noetl'::regnamespace
      and not (p.prosecdef and 'search_path=pg_catalog, pg_temp' = any (coalesce(p.proconfig, '{}')))
  $$,
  'each API function is security definer with the path pg_catalog, pg_temp'
);
select is_empty(
  $$
    select p.oid::regprocedure
    from pg_proc as p
    where p.pronamespace = 'noetl_internal'::regnamespace and p.prosecdef
  $$,
  'no internal function is security definer'
);
select is_empty(
  $$
    select c.kind, c.name, c.owner::regrole
    from (
      select 'function', p.oid::regprocedure::text, p.proowner
      from pg_proc as p
      where p.pronamespace in ('noetl'::regnamespace, 'noetl_internal'::regnamespace)
      union all
      select 'relation', t.oid::regclass::text, t.relowner
      from pg_class as t
      where t.relnamespace in ('noetl'::regnamespace, 'noetl_internal'::regnamespace)
      union all
      select 'schema', n.nspname::text, n.nspowner
      from pg_namespace as n
      where n.nspname in ('noetl', 'noetl_internal')
    ) as c (kind, name, owner)
    where c.owner <> 'noetl_owner'::regrole
  $$,
  'noetl_owner owns everything'
);

select * from finish();
rollback;
