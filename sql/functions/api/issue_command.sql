-- Issue one command: the single form of issue_commands. True when it was issued, false when it was
-- issued before.
-- Locks: as issue_commands. Raises: NE409; NE404 when the run is not live.
create or replace function noetl.issue_command(p_command jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  return (
    select i.outcome = 'issued'
    from noetl.issue_commands(jsonb_build_array(p_command)) as i
  );
end;
$function$;

comment on function noetl.issue_command(jsonb)
is 'Issue one command; false when it was issued before.';
revoke all on function noetl.issue_command(jsonb) from public;
grant execute on function noetl.issue_command(jsonb) to noetl_operator;
