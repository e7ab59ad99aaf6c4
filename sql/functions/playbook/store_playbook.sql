-- Store a compiled document as the next version of a path.
-- Locks: the caller holds the path's advisory lock. Never raises.
create or replace function noetl_internal.store_playbook(
  p_path text,
  p_content jsonb,
  p_sha256 bytea,
  p_compiled jsonb
)
returns noetl.catalog
language plpgsql volatile
as $function$
declare
  v_row noetl.catalog;
begin
  insert into noetl.catalog (
    path, version, kind, content, content_sha256, compiled, registered_by, created_at
  )
  select
    p_path, coalesce(max(c.version), 0) + 1, 'Playbook', p_content, p_sha256, p_compiled -> 'head',
    session_user, noetl_internal.clock_now()
  from noetl.catalog as c
  where c.path = p_path
  returning * into v_row;

  insert into noetl.catalog_step (catalog_id, step, position, kinds, definition)
  select
    v_row.catalog_id, s.value ->> 'step', (s.value ->> 'position')::integer,
    array(
      select t.tool ->> 'kind'
      from jsonb_array_elements(s.value #> '{task,tools}') with ordinality as t (tool, place)
      group by t.tool ->> 'kind'
      order by min(t.place)
    ),
    (s.value - 'checks')
    || case when j.step is null then '{}' else jsonb_build_object('join', j.definition) end
  from jsonb_array_elements(p_compiled -> 'steps') as s (value)
  left join noetl_internal.step_joins(p_compiled -> 'steps') as j on j.step = s.value ->> 'step';
  return v_row;
end;
$function$;

comment on function noetl_internal.store_playbook(text, jsonb, bytea, jsonb)
is 'Store a compiled document as the next version of a path.';
