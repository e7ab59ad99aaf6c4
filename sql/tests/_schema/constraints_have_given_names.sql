-- The name of a check is the message that a DBA sees: it states a fact, it does not count checks.
begin;
select plan(1);

select is_empty(
  $$
    select c.conrelid::regclass, c.conname
    from pg_constraint as c
    join pg_class as t on t.oid = c.conrelid
    where t.relnamespace = 'noetl'::regnamespace and not t.relispartition
      and c.contype = 'c' and c.conname ~ '_check\d*$'
  $$,
  'no check has the name that PostgreSQL makes up'
);

select * from finish();
rollback;
