-- What an expression can see: {"names", "views"}, holding only the names that it uses. p_locals win
-- over everything; p_step is the step whose result reads as output, result and response, unless the
-- locals bring a chunk.
create or replace function noetl_internal.load_scope(
  p_execution_id bigint,
  p_names jsonb,
  p_locals jsonb,
  p_step text
)
returns jsonb
language plpgsql stable
as $function$
declare
  v_roots text [];
  v_names jsonb;
  v_views jsonb;
begin
  select array_agg(distinct n.value ->> 0) into v_roots
  from jsonb_array_elements(p_names) as n (value)
  where not p_locals ? (n.value ->> 0);
  if v_roots is null then
    return jsonb_build_object('names', p_locals, 'views', '{}'::jsonb);
  end if;

  select
    coalesce(
      jsonb_object_agg(s.name, noetl_internal.result_view(
        v, case s.name when 'output' then 'envelope' else 'payload' end,
        p_names @> jsonb_build_array(jsonb_build_array(s.name, 'results'))
        or p_names @> jsonb_build_array(jsonb_build_array(s.name, 'data'))
        or exists (
          select from jsonb_array_elements(p_names) as n (value)
          where n.value = jsonb_build_array(s.name)
        )
      )),
      '{}'
    )
  into v_views
  from (
    select
      r.name,
      case
        when r.name in ('output', 'result', 'response') then coalesce(p_step, r.name)
        else r.name
      end as step
    from unnest(v_roots) as r (name)
  ) as s
  inner join noetl.variable as v
    on v.execution_id = p_execution_id and v.scope = 'step' and v.name = s.step;
  if p_locals ? '_partial' then
    v_views := v_views || noetl_internal.chunk_views(p_execution_id, p_locals, v_roots);
  end if;
  select coalesce(jsonb_object_agg(w.name, w.value), '{}') into v_names
  from noetl.variable as w
  where w.execution_id = p_execution_id and w.scope = 'workload' and w.name = any(v_roots);
  if 'workload' = any(v_roots) then
    v_names := v_names || jsonb_build_object(
      'workload', noetl_internal.load_mapping(p_execution_id, 'workload', p_names)
    );
  end if;
  if 'ctx' = any(v_roots) then
    v_names := v_names
      || jsonb_build_object('ctx', noetl_internal.load_mapping(p_execution_id, 'ctx', p_names));
  end if;
  if 'signals' = any(v_roots) then
    v_names :=
      jsonb_build_object('signals', noetl_internal.load_signals(p_execution_id)) || v_names;
  end if;
  return jsonb_build_object(
    'names', (v_names - array(select jsonb_object_keys(v_views))) || p_locals, 'views', v_views
  );
end;
$function$;

comment on function noetl_internal.load_scope(bigint, jsonb, jsonb, text)
is 'What an expression can see, holding only the names that it uses.';
