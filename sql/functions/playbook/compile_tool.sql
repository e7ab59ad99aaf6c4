-- A task as its worker reads it: name, kind, raw options, rules, writes, timeout. A workbook's tool
-- is put in its place; options under spec and directly are one.
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_tool(
  p_name text,
  p_body jsonb,
  p_at text,
  p_step_policy jsonb,
  p_workbook jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      jsonb_build_object(
        'name', p_name,
        'kind', m.tool ->> 'kind',
        'options',
        (m.options - 'args')
        || case
          when m.options ? 'args' then jsonb_build_object('input', m.options -> 'args') else '{}'
        end
        || case
          when m.tool ->> 'kind' = 'wait'
            then jsonb_strip_nulls(jsonb_build_object(
              'duration', noetl_internal.duration_seconds(m.options ->> 'duration')
            ))
          else '{}'
        end,
        'rules', noetl_internal.compile_rules(m.policy -> 'rules', m.policy_at || '.rules'),
        'set', noetl_internal.collect_sets(m.tool, p_at, 'local'),
        'timeout', coalesce(m.options -> 'timeout', m.options -> 'timeout_seconds'),
        'result', m.tool -> 'spec' -> 'result',
        'output_select', m.tool -> 'output_select',
        'at', p_at
      )
      || case
        when m.tool ? 'iterator' then jsonb_build_object('iterator', m.tool -> 'iterator') else '{}'
      end
    from (
      select
        b.tool,
        (noetl_internal.mapping_of(b.tool -> 'spec') - '{policy,result}'::text []) || (
          b.tool - '{name,kind,spec,set,set_ctx,set_iter,vars,policy,desc,description}'::text []
          - '{iterator,output_select}'::text []
        ) as options,
        coalesce(
          nullif(noetl_internal.mapping_of(b.tool -> 'spec' -> 'policy'), '{}'),
          nullif(noetl_internal.mapping_of(b.tool -> 'policy'), '{}'), p_step_policy
        ) as policy,
        p_at || case when b.tool ? 'policy' then '.policy' else '.spec.policy' end as policy_at
      from (
        select
          case
            when p_body ->> 'kind' = 'workbook' and p_workbook ? (p_body ->> 'task')
              then noetl_internal.deep_merge(
                p_workbook -> (p_body ->> 'task'), p_body - '{kind,task,name}'::text []
              )
            else p_body
          end as tool
      ) as b
    ) as m
  );
end;
$function$;

comment on function noetl_internal.compile_tool(text, jsonb, text, jsonb, jsonb)
is 'A task as its worker reads it.';
