-- What the tasks of this document may read: {"words": {name: true}, "phrases": [name], "keychain":
-- [entry]}, words being the names of a run that can be told apart in a text.
-- Locks: none. Never raises.
create or replace function noetl_internal.known_names(
  p_content jsonb,
  p_workflow jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      jsonb_build_object(
        'words', coalesce(jsonb_object_agg(k.name, true) filter (where k.name ~ '^\w+$'), '{}'),
        'phrases', coalesce(jsonb_agg(k.name) filter (where k.name !~ '^\w+$'), '[]'),
        'keychain', noetl_internal.list_of(p_content -> 'keychain')
      )
    from (
      values ('workload'), ('ctx')
      union
      select jsonb_object_keys(noetl_internal.mapping_of(p_content -> 'workload'))
      union
      select s.name #>> '{}' from jsonb_path_query(p_workflow, '$[*].step') as s (name)
      where jsonb_typeof(s.name) = 'string'
    ) as k (name)
  );
end;
$function$;

comment on function noetl_internal.known_names(jsonb, jsonb)
is 'What the tasks of this document may read.';
