-- Revert noetl:functions from pg
-- Every function of our two schemas comes from this change.
begin;

do $do$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid::regprocedure
    from pg_catalog.pg_proc as p
    where p.pronamespace in ('noetl'::regnamespace, 'noetl_internal'::regnamespace)
  loop
    execute format('drop routine %s cascade', v_function);
  end loop;
end
$do$;

commit;
