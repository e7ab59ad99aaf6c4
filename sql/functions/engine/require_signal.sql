-- Refuse a signal that cannot be kept.
-- Raises: NE422.
create or replace function noetl_internal.require_signal(
  p_name text,
  p_payload jsonb,
  p_options jsonb
)
returns void
language plpgsql immutable
as $function$
begin
  if coalesce(octet_length(p_name), 0) not between 1 and 200 then
    raise exception 'the name of a signal has 1 to 200 bytes, not %',
      coalesce(octet_length(p_name), 0)
    using errcode = 'NE422', hint = 'Use the name that the playbook waits for.';
  elsif octet_length(p_payload::text) > 32000 then
    raise exception 'the payload of signal "%" has %, the limit is 32000 bytes', p_name,
      octet_length(p_payload::text)
    using errcode = 'NE422', hint = 'Send a reference to what is larger.';
  elsif coalesce(p_options ->> 'ttl', '1') !~ '^[0-9]{1,9}(\.[0-9]+)?$' then
    raise exception 'ttl is "%", not a number of seconds', left(p_options ->> 'ttl', 20) using
      errcode = 'NE422', hint = 'Leave it out for the default of signal_ttl_seconds.';
  end if;
end;
$function$;

comment on function noetl_internal.require_signal(text, jsonb, jsonb)
is 'Refuse a signal that cannot be kept.';
