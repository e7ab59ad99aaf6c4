-- An expression with the older names replaced: outcome.x, and the event names step.done,
-- step.failed and, on a loop step, call.done and loop.fanin.completed. Only strings are touched.
-- Locks: none. Never raises.
create or replace function noetl_internal.modern_expression(
  p_raw jsonb,
  p_is_loop boolean
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_text text := noetl_internal.text_of(p_raw);
begin
  if v_text is null or v_text !~ 'outcome|event\.name' then
    return p_raw;
  end if;
  v_text := regexp_replace(v_text, '\moutcome(?=\.\w|\[)', 'output', 'g');
  if v_text ~ '\mevent\.name\M' then
    v_text := regexp_replace(v_text, '([''"])step\.failed\1', '\1call.error\1', 'g');
    v_text := regexp_replace(
      v_text, '([''"])step\.done\1',
      case when p_is_loop then '\1loop.done\1' else '\1call.done\1' end, 'g'
    );
    if p_is_loop then
      v_text := regexp_replace(
        v_text, '([''"])(call\.done|loop\.fanin\.completed)\1', '\1loop.done\1', 'g'
      );
    end if;
  end if;
  return to_jsonb(v_text);
end;
$function$;

comment on function noetl_internal.modern_expression(jsonb, boolean)
is 'An expression with the older names of views and events replaced.';
