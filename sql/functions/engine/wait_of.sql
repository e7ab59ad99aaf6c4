-- What a token waits for on a step without another tool: {"wake_at", "signal"}.
-- Raises: NE461 … NE464 of the step's templates; NE462 for a value that is no time, duration or
-- name.
create or replace function noetl_internal.wait_of(
  p_token noetl.token,
  p_wait jsonb
)
returns jsonb
language plpgsql stable
set timezone = 'UTC'  -- that of a time without a zone
as $function$
declare
  v_values jsonb;
  v_seconds numeric;
begin
  select
    jsonb_object_agg(
      w.key,
      case
        when jsonb_typeof(w.value) = 'object'
          then noetl_internal.evaluate_defined(
            p_token.execution_id, w.value,
            noetl_internal.entry_locals(p_token.execution_id, p_token.input),
            null, w.key
          )
        else w.value
      end
    )
  into v_values
  from jsonb_each(p_wait) as w
  where w.value <> 'null';
  v_seconds := noetl_internal.duration_seconds(
    coalesce(v_values ->> 'duration', v_values ->> 'timeout')
  );
  if v_values ? 'signal' and coalesce(v_values ->> 'signal', '') !~ '\S' then
    raise exception 'the signal has no name' using
      errcode = 'NE462', hint = 'A wait needs the name of its signal.';
  elsif v_seconds is null and (v_values ? 'duration' or v_values ? 'timeout') then
    raise exception 'cannot wait for %',
      left(coalesce(v_values -> 'duration', v_values -> 'timeout')::text, 100)
    using errcode = 'NE462', hint = 'Give seconds, or a text such as "5m".';
  end if;
  return jsonb_build_object(
    'signal', v_values -> 'signal',
    'wake_at', coalesce(
      (v_values ->> 'until')::timestamptz,
      noetl_internal.clock_now() + make_interval(secs => v_seconds::double precision)
    )
  );
exception
  when invalid_datetime_format or datetime_field_overflow then
    raise exception 'cannot wait until %', left(v_values ->> 'until', 100) using
      errcode = 'NE462', hint = 'Give a time such as 2026-01-31T08:00:00Z.';
end;
$function$;

comment on function noetl_internal.wait_of(noetl.token, jsonb)
is 'What a token waits for on a step without another tool.';
