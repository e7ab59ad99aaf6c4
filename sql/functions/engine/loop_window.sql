-- How many items of a loop may be issued and unfinished at once.
-- Raises: NE462 when max_in_flight is no positive integer; NE46x of its template.
create or replace function noetl_internal.loop_window(
  p_execution_id bigint,
  p_token noetl.token,
  p_spec jsonb
)
returns integer
language plpgsql stable
as $function$
declare
  v_window jsonb := p_spec -> 'max_in_flight';
begin
  if p_spec ->> 'mode' = 'sequential' then
    return 1;
  end if;
  if jsonb_typeof(v_window) = 'object' then
    v_window := noetl_internal.evaluate_defined(
      p_execution_id, v_window,
      noetl_internal.entry_locals(p_execution_id, p_token.input),
      null, 'max_in_flight'
    );
  end if;
  if coalesce(v_window, 'null') = 'null' then
    return noetl_internal.setting_integer('loop_backlog_max');
  elsif v_window #>> '{}' !~ '^[1-9][0-9]{0,8}$' then
    raise exception 'max_in_flight is %, not a positive integer', left(v_window::text, 100) using
      errcode = 'NE462', hint = 'Give a number such as 20.';
  end if;
  return least((v_window #>> '{}')::integer, noetl_internal.setting_integer('loop_backlog_max'));
end;
$function$;

comment on function noetl_internal.loop_window(bigint, noetl.token, jsonb)
is 'How many items of a loop may be issued and unfinished at once.';
