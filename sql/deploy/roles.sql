-- Deploy noetl:roles to pg
-- Roles are cluster-wide: created if missing, never dropped by a revert that another database would
-- miss.
begin;

do $do$
declare
  v_role text;
begin
  foreach v_role in array array[
    'noetl_owner', 'noetl_author', 'noetl_runner', 'noetl_operator', 'noetl_worker', 'noetl_reader'
  ] loop
    begin
      execute format('create role %I nologin', v_role);
    exception
      -- Another database of this cluster has it, or is creating it right now.
      when duplicate_object or unique_violation then null;
    end;
  end loop;
end
$do$;

do $do$
begin
  if not (select r.rolsuper from pg_catalog.pg_roles as r where r.rolname = current_user) then
    -- Needed to create objects as noetl_owner; since PostgreSQL 16 creating a role does not grant
    -- this.
    execute format('grant noetl_owner to %I', current_user);
  end if;
end
$do$;

commit;
