-- Refuse a cron expression: which one, what is wrong in which field, and what to do.
-- Locks: none. Raises: NE422 always.
create or replace function noetl_internal.raise_cron(
  p_cron text,
  p_field text,
  p_reason text,
  p_hint text
)
returns void
language plpgsql immutable parallel safe
as $function$
begin
  raise exception 'cron expression "%": %', left(p_cron, 100),
    concat_ws(': ', p_field, p_reason)
  using
    errcode = 'NE422',
    detail = jsonb_build_object('cron', left(p_cron, 100), 'field', p_field, 'reason', p_reason),
    hint = p_hint;
end;
$function$;

comment on function noetl_internal.raise_cron(text, text, text, text)
is 'Refuse a cron expression.';
