-- What one claim of a cursor loop may take and for how long, evaluated once, when the loop begins.
-- Raises: NE462 when a value is out of range; NE46x of the templates.
create or replace function noetl_internal.loop_frame(
  p_execution_id bigint,
  p_token noetl.token,
  p_spec jsonb
)
returns jsonb
language plpgsql stable
as $function$
declare
  v_frame jsonb := jsonb_strip_nulls(
    noetl_internal.evaluate_defined(
      p_execution_id, p_spec -> 'frame',
      noetl_internal.entry_locals(p_execution_id, p_token.input),
      null, 'loop.spec.frame'
    )
  );
  v_bad record;
begin
  select k.name, k.title into v_bad
  from (
    values
    ('max_rows', '^([1-9][0-9]{0,2}|1000)$', 'a whole number from 1 to 1000'),
    ('max_seconds', '^(?=.*[1-9])[0-9]{1,9}(\.[0-9]+)?$', 'a number of seconds above 0'),
    ('lease_seconds', '^(?=.*[1-9])[0-9]{1,9}(\.[0-9]+)?$', 'a number of seconds above 0'),
    ('process', '^(row|frame)$', '"row" or "frame"')
  ) as k (name, pattern, title)
  where v_frame ->> k.name !~ k.pattern
  order by k.name
  limit 1;
  if found then
    raise exception 'loop.spec.frame.% is %, not %',
      v_bad.name, left((v_frame -> v_bad.name)::text, 100), v_bad.title
    using errcode = 'NE462', hint = 'Correct it, or leave it out.';
  end if;
  return v_frame;
end;
$function$;

comment on function noetl_internal.loop_frame(bigint, noetl.token, jsonb)
is 'What one claim of a cursor loop may take and for how long.';
