-- Revert noetl:execution from pg
begin;

drop table noetl.checkpoint;
drop table noetl.projection_checkpoint;
drop table noetl.execution_shard;
drop table noetl.execution;

commit;
