-- Revert noetl:schemas from pg
begin;

set local role noetl_owner;
drop type noetl_internal.problem;
alter default privileges grant execute on functions to public;
reset role;

drop schema noetl_internal;
drop schema noetl;

commit;
