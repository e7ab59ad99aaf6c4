-- The catalog documents itself: a DBA reads \d+ before the manual.
begin;
select plan(3);

select is_empty(
  $$
    select t.oid::regclass
    from pg_class as t
    where t.relnamespace in ('noetl'::regnamespace, 'noetl_internal'::regnamespace)
      and t.relkind in ('r', 'p', 'v', 'm') and obj_description(t.oid, 'pg_class') is null
  $$,
  'each table and view has a comment'
);
select is_empty(
  $$
    select p.oid::regprocedure
    from pg_proc as p
    where p.pronamespace in ('noetl'::regnamespace, 'noetl_internal'::regnamespace)
      and obj_description(p.oid, 'pg_proc') is null
  $$,
  'each function has a comment'
);
select is_empty(
  $$
    select p.proname, count(*)
    from pg_proc as p
    where p.pronamespace in ('noetl'::regnamespace, 'noetl_internal'::regnamespace)
    group by p.pronamespace, p.proname
    having count(*) > 1
  $$,
  'no function name stands for two functions'
);

select * from finish();
rollback;
