-- Nothing but the machine may move rows: commands with equal places are handed out in the order in
-- which they lie in the table, and a failure must fail again.
do $do$
declare
  v_table regclass;
begin
  for v_table in
    select c.oid from pg_class as c
    where c.relnamespace = 'noetl'::regnamespace and c.relkind = 'r'
  loop
    execute format('alter table %s set (autovacuum_enabled = false)', v_table);
  end loop;
end;
$do$;
