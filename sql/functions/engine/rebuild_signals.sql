-- Make the signals of a run from its events.
create or replace function noetl_internal.rebuild_signals(p_execution_id bigint)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.signal (
    execution_id, signal_id, name, payload, idempotency_key, received_at, expires_at, token_id
  )
  select
    p_execution_id, s.event_id, s.meta ->> 'signal', s.context -> 'payload',
    s.meta ->> 'idempotency_key', s.created_at, (s.context ->> 'expires_at')::timestamptz,
    (c.meta ->> 'token_id')::integer
  from noetl.event as s
  left join noetl.event as c
    on
      c.execution_id = p_execution_id
      and c.event_type = 'call.done'
      and c.meta ->> 'signal_id' = s.event_id::text
  where s.execution_id = p_execution_id and s.event_type = 'signal.received';
end;
$function$;

comment on function noetl_internal.rebuild_signals(bigint)
is 'Make the signals of a run from its events.';
