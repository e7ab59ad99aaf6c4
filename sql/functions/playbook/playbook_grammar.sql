-- The whole grammar, {"types": …, "nodes": {node: {key: …}}}: what groups of keys share is merged
-- here, and each tool kind has a node "tool.<kind>" and, for options under spec,
-- "tool_spec.<kind>".
-- Locks: none. Never raises.
create or replace function noetl_internal.playbook_grammar()
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_nodes jsonb;
  v_tool jsonb := noetl_internal.parse_keys(
    'name:name kind!:text desc:text description:text input:map|template args>input:map|template '
    'timeout:seconds|template timeout_seconds:seconds|template output_select:list '
    'policy>spec.policy:tool_policy iterator:iterator'
  );
  v_spec jsonb := noetl_internal.parse_keys(
    'policy:tool_policy timeout:seconds|template timeout_seconds:seconds|template result:result'
  );
begin
  select jsonb_object_agg(n.node, noetl_internal.parse_keys(n.keys)) into v_nodes
  from noetl_internal.grammar_nodes() as n;
  v_tool := v_tool || (v_nodes -> 'sets');
  v_nodes := v_nodes || jsonb_build_object(
    'step', (v_nodes -> 'step') || (v_nodes -> 'sets'),
    'arc', (v_nodes -> 'arc') || (v_nodes -> 'sets'),
    'action', (v_nodes -> 'action') || (v_nodes -> 'sets'),
    'rule', (v_nodes -> 'rule') || (v_nodes -> 'sets'),
    'else_action', (v_nodes -> 'action') || (v_nodes -> 'sets') || (v_nodes -> 'else_action'),
    'executor_spec', (v_nodes -> 'step_spec') || (v_nodes -> 'executor_only')
  );
  select
    v_nodes
    || jsonb_object_agg(
      'tool.' || k.kind,
      v_tool || k.options || jsonb_build_object(
        'spec', jsonb_build_object('types', jsonb_build_array('tool_spec.' || k.kind))
      )
    )
    || jsonb_object_agg('tool_spec.' || k.kind, v_spec || (k.options - 'task'))
  into v_nodes
  from (
    select t.kind, noetl_internal.parse_keys(coalesce(t.keys, '*:any')) as options
    from noetl_internal.grammar_tools() as t
    union all
    -- A kind that nobody knows is one problem: its options are not looked at.
    values ('?', noetl_internal.parse_keys('*:any'))
  ) as k;
  return jsonb_build_object('types', noetl_internal.grammar_types(), 'nodes', v_nodes);
end;
$function$;

comment on function noetl_internal.playbook_grammar()
is 'The whole grammar of playbooks.';
