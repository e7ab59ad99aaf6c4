-- These unique indexes are what makes a second issue, a second end of a loop and a second delivery
-- of a chunk impossible to store.
begin;
select plan(6);

create temporary table contract (index, is_unique, definition) as
values
  (
    'uidx_event_command_issued_command_id', true,
    $$(execution_id, ((meta ->> 'command_id'::text))) WHERE $$
    || $$(((event_type)::text = 'command.issued'::text) AND (meta ? 'command_id'::text))$$
  ),
  (
    'uidx_event_loop_done_loop_id', true,
    $$(execution_id, ((meta ->> 'loop_id'::text))) WHERE $$
    || $$(((event_type)::text = 'loop.done'::text) AND (meta ? 'loop_id'::text))$$
  ),
  (
    'uidx_event_loop_fanin_completed_loop_id', true,
    $$(execution_id, ((meta ->> 'loop_id'::text))) WHERE $$
    || $$(((event_type)::text = 'loop.fanin.completed'::text) AND (meta ? 'loop_id'::text))$$
  ),
  (
    'uidx_event_call_partial_chunk', true,
    $$(execution_id, ((meta ->> 'token_id'::text)), current_index) WHERE $$
    || $$((event_type)::text = 'call.partial'::text)$$
  ),
  (
    'idx_event_loop_id_type', false,
    $$(execution_id, ((meta ->> 'loop_id'::text)), event_type, current_index) WHERE (meta ? 'loop_id'::text)$$
  );

-- Contract indexes of the parent that are valid and attached on a partition.
create temporary view pg_temp.attached as
select x.indrelid as partition, parent.relname::text as index
from pg_inherits as i
join pg_index as x on x.indexrelid = i.inhrelid and x.indisvalid
join pg_class as parent on parent.oid = i.inhparent
join contract as c on c.index = parent.relname;

create temporary view pg_temp.missing as
select p.inhrelid::regclass, c.index
from pg_inherits as p
cross join contract as c
where p.inhparent = 'noetl.event'::regclass and (p.inhrelid, c.index) not in (
  select a.partition, a.index from pg_temp.attached as a
);

select set_eq(
  $$
    select t.relname::text, x.indisunique,
      substring(pg_get_indexdef(x.indexrelid) from 'USING btree (.*)$')
    from pg_index as x
    join pg_class as t on t.oid = x.indexrelid
    where x.indrelid = 'noetl.event'::regclass and not x.indisprimary and x.indisvalid
  $$,
  'table contract',
  'P1.1-1, P0.2-1: the event log has exactly the indexes of the contract'
);
select cmp_ok(
  (select count(*) from pg_inherits where inhparent = 'noetl.event'::regclass),
  '>=', 8::bigint, 'partitions are made weeks ahead'
);
select is_empty('table pg_temp.missing', 'P0.1-1, P1.1-1: each partition has them');

-- Tests beside this one may hold it for longer than create_partitions waits.
select pg_advisory_xact_lock(noetl_internal.lock_key('partitions', 0));
lock table noetl.event in share update exclusive mode;
select cmp_ok(noetl_internal.create_partitions(20), '>', 0, 'later partitions are made');
select is_empty('table pg_temp.missing', 'P0.1-1, P1.1-1: and so has each that is made later');
select is(
  (select partdefid from pg_partitioned_table where partrelid = 'noetl.event'::regclass),
  0::oid, 'there is no default partition'
);

select * from finish();
rollback;
