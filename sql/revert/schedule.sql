-- Revert noetl:schedule from pg
begin;

delete from noetl.setting where name = 'schedule_grace_seconds';
drop table noetl.schedule;
drop type noetl_internal.cron;
drop type noetl_internal.cron_field;

commit;
