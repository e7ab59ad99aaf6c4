-- The names of a run that a task's templates read: {"version", "path", "workload", "ctx", "steps",
-- "loops"}. p_names are workload, ctx, single workload keys and step names; "*" stands for all.
-- Raises: NE401, NE410, NE403.
create or replace function noetl.read_context(
  p_session uuid,
  p_execution_id bigint,
  p_names text []
)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_run noetl.run;
  v_context jsonb;
begin
  perform noetl_internal.require_kin(p_session, p_execution_id);
  select * into v_run from noetl.run as r where r.execution_id = p_execution_id;
  select
    jsonb_build_object(
      'version', v_run.context_version, 'path', v_run.path,
      'workload', coalesce(
        jsonb_object_agg(v.name, v.value) filter (where v.scope = 'workload'), '{}'
      ),
      'ctx', coalesce(jsonb_object_agg(v.name, v.value) filter (where v.scope = 'ctx'), '{}'),
      'steps', coalesce(
        jsonb_object_agg(v.name, noetl_internal.result_view(v, 'payload', false) - 'first')
        filter (where v.scope = 'step'),
        '{}'
      ),
      'loops', coalesce(
        jsonb_object_agg(
          v.name, jsonb_build_object('loop_id', v.loop_id, 'total', v.value -> 'total')
        ) filter (where v.loop_id is not null),
        '{}'
      )
    )
  into v_context
  from noetl.variable as v
  where
    v.execution_id = p_execution_id
    and ('*' = any(p_names) or v.name = any(p_names) or v.scope = any(p_names));
  return v_context;
end;
$function$;

comment on function noetl.read_context(uuid, bigint, text [])
is 'The names of a run that a task''s templates read.';
revoke all on function noetl.read_context(uuid, bigint, text []) from public;
grant execute on function noetl.read_context(uuid, bigint, text []) to noetl_worker;
