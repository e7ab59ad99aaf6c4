-- Workers and runners hold nothing on tables; whoever reads tables reads no secret and no queue.
begin;
select plan(1);

select set_eq(
  $$
    select t.oid::regclass::text, r.rolname::text, string_agg(p.privilege, ' ' order by p.privilege)
    from pg_class as t
    cross join pg_roles as r
    cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as p (privilege)
    where t.relnamespace = 'noetl'::regnamespace and t.relkind in ('r', 'p', 'v', 'm')
      and r.rolname ~ '^noetl_' and r.rolname <> 'noetl_owner'
      and has_table_privilege(r.oid, t.oid, p.privilege)
    group by 1, 2
  $$,
  $$
    values
      ('noetl.catalog', 'noetl_author', 'select'),
      ('noetl.catalog', 'noetl_reader', 'select'),
      ('noetl.catalog_step', 'noetl_author', 'select'),
      ('noetl.catalog_step', 'noetl_reader', 'select'),
      ('noetl.event', 'noetl_reader', 'select'),
      ('noetl.execution', 'noetl_reader', 'select'),
      ('noetl.manifest', 'noetl_reader', 'select'),
      ('noetl.manifest_part', 'noetl_reader', 'select'),
      ('noetl.result_ref', 'noetl_reader', 'select'),
      ('noetl.retention_failure', 'noetl_reader', 'select'),
      ('noetl.schedule', 'noetl_reader', 'select')
  $$,
  'roles read these tables and write none'
);

select * from finish();
rollback;
