-- Check a mapping of the document: its keys, what they hold, and what is missing.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_node(
  p_grammar jsonb,
  p_type text,
  p_value jsonb,
  p_path text
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
declare
  v_keys jsonb;
  v_name text;
begin
  if p_type in ('tool', 'task') and noetl_internal.is_named_task(p_value) then
    v_name := (select k from jsonb_object_keys(p_value) as k);
    return query select p.* from noetl_internal.check_node(
      p_grammar, p_type, p_value -> v_name, noetl_internal.join_path(p_path, v_name)
    ) as p;
    return;
  end if;
  v_keys := p_grammar -> 'nodes' -> noetl_internal.node_of(p_grammar, p_type, p_value);
  return query
    select p.*
    from jsonb_each(p_value) as e
    cross join lateral (
      select c.* from noetl_internal.check_key(
        v_keys, e.key, noetl_internal.join_path(p_path, e.key)
      ) as c
      -- Most keys are known and modern: not worth a call.
      where coalesce(
        v_keys -> e.key ->> 'modern' is not null or (v_keys -> e.key ->> 'idle')::boolean,
        not v_keys ? e.key
      )
      union all
      select c.* from noetl_internal.check_value(
        p_grammar, array(select jsonb_array_elements_text(v_keys -> e.key -> 'types')), e.value,
        noetl_internal.join_path(p_path, e.key)
      ) as c
      where v_keys ? e.key
    ) as p;
  return query
    select p.*
    from jsonb_each(v_keys) as k
    cross join lateral noetl_internal.make_problem(
      'error', noetl_internal.join_path(p_path, k.key), format('"%s" is missing', k.key),
      format('Add "%s".', k.key)
    ) as p
    where (k.value ->> 'required')::boolean and not p_value ? k.key;
end;
$function$;

comment on function noetl_internal.check_node(jsonb, text, jsonb, text)
is 'Check a mapping of the document: its keys, what they hold, and what is missing.';
