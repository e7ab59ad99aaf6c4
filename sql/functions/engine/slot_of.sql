-- The place that a step or a run needs under a concurrency key: {"key", "limit"}, evaluated; null
-- when it has no such limit.
-- Raises: NE461 … NE464 of its templates; NE462 for a limit that is no positive integer.
create or replace function noetl_internal.slot_of(
  p_execution_id bigint,
  p_concurrency jsonb,
  p_input jsonb
)
returns jsonb
language plpgsql stable
as $function$
declare
  v_slot jsonb;
begin
  if coalesce(p_concurrency, 'null') = 'null' then
    return null;
  end if;
  select
    jsonb_object_agg(
      c.key,
      case
        when jsonb_typeof(c.value) = 'object'
          then noetl_internal.evaluate_defined(
            p_execution_id, c.value,
            noetl_internal.entry_locals(p_execution_id, p_input),
            null, 'concurrency.' || c.key
          )
        else c.value
      end
    )
  into v_slot
  from jsonb_each(p_concurrency) as c;
  if v_slot ->> 'limit' !~ '^[1-9][0-9]{0,8}$' then
    raise exception 'concurrency.limit is %, not a positive integer',
      left(v_slot ->> 'limit', 100)
    using errcode = 'NE462', hint = 'Give a number such as 5.';
  end if;
  return jsonb_build_object('key', left(v_slot ->> 'key', 500), 'limit', v_slot -> 'limit');
end;
$function$;

comment on function noetl_internal.slot_of(bigint, jsonb, jsonb)
is 'The place that a step or a run needs under a concurrency key.';
