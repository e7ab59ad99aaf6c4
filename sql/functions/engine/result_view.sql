-- The view through which expressions read a result (docs/expressions.md): payload, envelope, which
-- comes first. The payload is left out when SQL cannot see it. Loop results are gathered only when
-- p_wants_items.
-- Raises: NE464 when they are too many for that, or lie outside the database.
create or replace function noetl_internal.result_view(
  p_variable noetl.variable,
  p_first text,
  p_wants_items boolean
)
returns jsonb
language plpgsql stable
as $function$
declare
  v_payload jsonb := p_variable.value;
  v_items jsonb;
begin
  if p_variable.envelope ->> 'store' = 'db' then
    select r.payload into v_payload
    from noetl.result_payload as r
    where
      r.execution_id = p_variable.execution_id
      and r.ref_id = noetl_internal.ref_id_of(p_variable.envelope ->> 'ref');
  elsif
    p_variable.loop_id is not null and p_wants_items and not p_variable.envelope ? '_rows'
  then
    perform noetl_internal.require_few_items(p_variable);
    v_items := noetl_internal.loop_results(
      p_variable.execution_id, p_variable.loop_id, 0, (v_payload ->> 'total')::integer
    );
    if v_items -> 'refs' <> '{}' then
      perform noetl_internal.raise_not_loaded(p_variable.name);
    end if;
    v_payload := v_payload || jsonb_build_object(
      'results', v_items -> 'items', 'data', v_items -> 'items'
    );
  end if;
  return jsonb_build_object('envelope', p_variable.envelope, 'first', p_first)
    || case when v_payload is null then '{}' else jsonb_build_object('payload', v_payload) end;
end;
$function$;

comment on function noetl_internal.result_view(noetl.variable, text, boolean)
is 'The view through which expressions read a result.';
