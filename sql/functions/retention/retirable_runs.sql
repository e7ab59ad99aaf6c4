-- Runs that may be retired, ascending, at most p_limit: ended before p_cutoff, nothing of theirs
-- lives, and neither does a child. A child stays as long as its parent is there: a parent that is
-- taken up again asks for it. Those that could not be retired a moment ago are left out.
create or replace function noetl_internal.retirable_runs(
  p_cutoff timestamptz,
  p_limit integer
)
returns setof bigint
language plpgsql stable
as $function$
begin
  return query
  select r.execution_id
  from noetl.run as r
  where
    r.execution_id < noetl_internal.execution_id_at(p_cutoff)  -- who began later ended later
    and r.finished_at < p_cutoff
    and not exists (
      select from noetl.run as p where p.execution_id = r.parent_execution_id
    )
    and not exists (
      select from noetl.run as c
      where c.parent_execution_id = r.execution_id and c.finished_at is null
    )
    and not noetl_internal.is_retention_failing(r.execution_id)
  order by r.execution_id
  limit p_limit;
end;
$function$;

comment on function noetl_internal.retirable_runs(timestamptz, integer)
is 'Runs that may be retired.';
