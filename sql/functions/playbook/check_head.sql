-- What the grammar cannot say of the document as a whole: it needs a name, a step, and known entry
-- and final steps.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_head(
  p_content jsonb,
  p_head jsonb,
  p_steps jsonb
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select p.*
    from noetl_internal.make_problem(
      'error', 'metadata.name', 'the playbook has no name',
      'Add metadata.path (the catalog key) or metadata.name.'
    ) as p
    where
      noetl_internal.find_key(
        noetl_internal.mapping_of(p_content -> 'metadata'), 'path', 'name'
      ) is null
    union all
    select p.*
    from noetl_internal.make_problem(
      'error', 'workflow', 'the workflow is empty', 'Add at least one step.'
    ) as p
    where p_content -> 'workflow' = '[]'
    union all
    select p.*
    from (values ('entry_step'), ('final_step')) as k (key)
    cross join (
      select array(select jsonb_array_elements(p_steps) ->> 'step') as names
    ) as s
    cross join lateral noetl_internal.make_problem(
      'error', 'executor.spec.' || k.key, format('no step named "%s"', p_head ->> k.key),
      noetl_internal.suggest_name(p_head ->> k.key, s.names)
    ) as p
    where
      jsonb_typeof(p_content #> array['executor', 'spec', k.key]) = 'string'
      and p_head ->> k.key <> all(array_remove(s.names, null));
end;
$function$;

comment on function noetl_internal.check_head(jsonb, jsonb, jsonb)
is 'What the grammar cannot say of the document as a whole.';
