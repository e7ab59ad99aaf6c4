-- A problem, as a row.
-- Locks: none. Never raises.
create or replace function noetl_internal.make_problem(
  p_severity text,
  p_path text,
  p_message text,
  p_hint text default null
)
returns noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return row(p_severity, p_path, p_message, p_hint)::noetl_internal.problem;
end;
$function$;

comment on function noetl_internal.make_problem(text, text, text, text) is 'A problem, as a row.';
