-- Revert noetl:result from pg
begin;

drop table noetl.trim_mark;
drop table noetl.retention_failure;
drop table noetl.manifest_part;
drop table noetl.manifest;
drop table noetl.collection_chunk;
drop table noetl.result_payload;
drop table noetl.result_ref;

commit;
