-- The top-level workload keys whose default holds templates, compiled; null if none.
-- Locks: none. Never raises.
create or replace function noetl_internal.workload_templates(p_workload jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      jsonb_object_agg(
        w.key, noetl_internal.compile_at('template', w.value, 'workload.' || w.key)
      )
    from jsonb_each(p_workload) as w
    where w.value::text ~ '\{[{%#]'
  );
end;
$function$;

comment on function noetl_internal.workload_templates(jsonb)
is 'The top-level workload keys whose default holds templates, compiled.';
