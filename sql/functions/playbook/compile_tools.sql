-- The tasks of a step as its worker reads them; p_is_loop says that the iterator of its only tool
-- is the step's loop.
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_tools(
  p_step jsonb,
  p_policy jsonb,
  p_is_loop boolean,
  p_workbook jsonb,
  p_at text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      coalesce(
        jsonb_agg(
          noetl_internal.compile_tool(
            t.name, case when p_is_loop then t.body - 'iterator' else t.body end, t.at,
            noetl_internal.mapping_of(p_policy) - 'admit', p_workbook
          )
          order by t.place
        ),
        '[]'
      )
    from noetl_internal.list_tasks(p_step -> 'tool', p_step ->> 'step', p_at) as t
  );
end;
$function$;

comment on function noetl_internal.compile_tools(jsonb, jsonb, boolean, jsonb, text)
is 'The tasks of a step as its worker reads them.';
