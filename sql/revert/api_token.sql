-- Revert noetl:api_token from pg
begin;

drop table noetl.api_token;

commit;
