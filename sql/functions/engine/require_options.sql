-- Refuse options of start_execution that no run can have.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.require_options(p_options jsonb)
returns void
language plpgsql immutable
as $function$
begin
  if jsonb_typeof(p_options) not in ('object', 'null') then
    raise exception 'options is a %, not a mapping', noetl_internal.python_type(p_options) using
      errcode = 'NE422', hint = 'Pass a mapping such as {"idempotency_key": "2026-01-31"}.';
  elsif p_options ->> 'priority' !~ '^[0-9]$' then
    raise exception 'priority is "%", not a digit', left(p_options ->> 'priority', 20) using
      errcode = 'NE422', hint = 'Pass 0 (last) to 9 (first).';
  elsif p_options ->> 'idempotency_key' like 'schedule:%' then
    raise exception 'idempotency keys that begin with "schedule:" are those of schedules' using
      errcode = 'NE422', hint = 'Choose another key.';
  end if;
end;
$function$;

comment on function noetl_internal.require_options(jsonb)
is 'Refuse options of start_execution that no run can have.';
revoke all on function noetl_internal.require_options(jsonb) from public;
