-- Everything that is to be said about a document, in its order, and its compiled form when it can
-- be looked at.
-- Locks: none. Never raises.
create or replace function noetl_internal.playbook_problems(
  p_content jsonb,
  p_compiled jsonb
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    with found as (
      select p.* from noetl_internal.check_value(
        noetl_internal.playbook_grammar(), array['document'], p_content, ''
      ) as p
      union
      select p.* from noetl_internal.check_head(
        p_content, p_compiled -> 'head', p_compiled -> 'steps'
      ) as p
      union
      select p.* from noetl_internal.check_steps(p_compiled -> 'steps') as p
      union
      select p.* from noetl_internal.check_tools(p_content, p_compiled) as p
      union
      select p.* from noetl_internal.check_sets(p_compiled -> 'steps') as p
      union
      select p.* from noetl_internal.check_loops(p_content, p_compiled -> 'steps') as p
      union
      select p.* from noetl_internal.check_waits(p_compiled -> 'steps') as p
      union
      select p.* from noetl_internal.check_streams(p_content, p_compiled -> 'steps') as p
      union
      select p.* from noetl_internal.check_transfers(p_compiled -> 'steps') as p
      union
      select p.* from noetl_internal.check_cursors(p_content, p_compiled -> 'steps') as p
      union
      select p.* from noetl_internal.check_templates(p_compiled) as p
      union
      select p.* from noetl_internal.check_names(p_compiled, p_compiled -> 'steps') as p
      union
      select p.* from noetl_internal.check_keychain(p_content, p_compiled) as p
      union
      select p.* from noetl_internal.check_arcs(p_compiled -> 'steps') as p
      union
      select p.* from noetl_internal.check_flow(p_compiled -> 'head', p_compiled -> 'steps') as p
    )

    select f.*
    from found as f
    order by
      coalesce(substring(f.path from '^workflow\[(\d+)\]')::integer, -1),
      f.path, f.severity, f.message;
end;
$function$;

comment on function noetl_internal.playbook_problems(jsonb, jsonb)
is 'Everything that is to be said about a document, in its order.';
