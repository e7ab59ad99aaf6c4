-- Whether a task is written as {fetch: {kind: …}}: one key, which is its name.
-- Locks: none. Never raises.
create or replace function noetl_internal.is_named_task(p_task jsonb)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      coalesce(
        jsonb_typeof(p_task) = 'object' and not p_task ? 'kind'
        and (
          select count(*) = 1 and bool_and(jsonb_typeof(t.value) = 'object' and t.key <> 'spec')
          from jsonb_each(noetl_internal.mapping_of(p_task)) as t
        ),
        false
      )
  );
end;
$function$;

comment on function noetl_internal.is_named_task(jsonb)
is 'Whether a task is written as {fetch: {kind: …}}.';
