-- A trigger makes each write of a batch pay apart; row-share locks on a common parent make
-- multixacts.
begin;
select plan(2);

select is_empty(
  $$
    select t.tgrelid::regclass, t.tgname
    from pg_trigger as t
    join pg_class as c on c.oid = t.tgrelid
    where c.relnamespace = 'noetl'::regnamespace and not t.tgisinternal
  $$,
  'no table has a trigger'
);
create temporary table hot as
select unnest(array[
  'noetl.event', 'noetl.command', 'noetl.token', 'noetl.loop', 'noetl.run', 'noetl.variable',
  'noetl.change', 'noetl.result_ref', 'noetl.execution'
])::regclass::oid as table_id;

select is_empty(
  $$
    select c.conrelid::regclass, c.conname
    from pg_constraint as c
    join hot as h on h.table_id in (c.conrelid, c.confrelid)
    where c.contype = 'f'
  $$,
  'no hot table has a foreign key, nor is the target of one'
);

select * from finish();
rollback;
