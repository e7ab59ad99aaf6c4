-- Deploy noetl:partitions to pg
-- requires: functions
begin;

set local role noetl_owner;

select noetl_internal.create_partitions(8);

commit;
