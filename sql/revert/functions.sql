-- Revert noetl:functions from pg
-- Every function of our two schemas comes from this change, but for those that an index or a check
-- uses.
begin;

do $do$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid::regprocedure
    from pg_catalog.pg_proc as p
    where
      p.pronamespace in ('noetl'::regnamespace, 'noetl_internal'::regnamespace)
      and not exists (
        select from pg_catalog.pg_depend as d
        where
          d.refclassid = 'pg_proc'::regclass and d.refobjid = p.oid
          and d.classid in ('pg_class'::regclass, 'pg_constraint'::regclass)
      )
  loop
    execute format('drop routine %s cascade', v_function);
  end loop;
end
$do$;

commit;
