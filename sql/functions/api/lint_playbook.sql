-- Everything that is to be said about a playbook, in document order; the database does not change.
-- With p_strict, unknown keys are errors.
-- Locks: none. Never raises.
create or replace function noetl.lint_playbook(
  p_content jsonb,
  p_strict boolean default false
)
returns table (severity text, path text, message text, hint text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off  -- on the high estimates of nested sets it took a hundred times the run itself
as $function$
  select p.severity, p.path, p.message, p.hint
  from noetl_internal.analyze_playbook(p_content, p_strict) as a
  cross join unnest(a.problems) as p
$function$;

comment on function noetl.lint_playbook(jsonb, boolean)
is 'Everything that is to be said about a playbook, in document order.';
revoke all on function noetl.lint_playbook(jsonb, boolean) from public;
grant execute on function noetl.lint_playbook(jsonb, boolean)
to noetl_author, noetl_runner, noetl_operator, noetl_reader;
