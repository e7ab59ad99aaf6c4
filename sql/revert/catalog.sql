-- Revert noetl:catalog from pg
begin;

drop table noetl.setting;
drop table noetl.credential_grant;
drop table noetl.credential;
drop table noetl.catalog_step;
drop table noetl.catalog;

commit;
