-- Store a signal, and give it to the first token that waits for it; what signal_execution answers.
-- Locks: the caller holds the run row, as whoever begins to wait does.
create or replace function noetl_internal.receive_signal(
  p_execution_id bigint,
  p_catalog_id bigint,
  p_name text,
  p_payload jsonb,
  p_options jsonb
)
returns text
language plpgsql volatile
as $function$
declare
  v_token noetl.token;
  v_expires_at timestamptz := noetl_internal.clock_now() + make_interval(
    secs => coalesce(
      (p_options ->> 'ttl')::double precision,
      noetl_internal.setting_integer('signal_ttl_seconds')
    )
  );
begin
  if exists (
    select from noetl.signal as s
    where
      s.execution_id = p_execution_id and s.idempotency_key = p_options ->> 'idempotency_key'
  ) then
    return 'repeated';
  end if;
  insert into noetl.signal (
    execution_id, signal_id, name, payload, idempotency_key, received_at, expires_at
  )
  values (
    p_execution_id,
    noetl_internal.append_event(
      p_execution_id, p_catalog_id, 'signal.received', null, 'received',
      jsonb_build_object('payload', p_payload, 'expires_at', v_expires_at),
      p_meta => jsonb_strip_nulls(jsonb_build_object(
        'signal', p_name, 'idempotency_key', p_options ->> 'idempotency_key'
      ))
    ),
    p_name, p_payload, p_options ->> 'idempotency_key', noetl_internal.clock_now(), v_expires_at
  );
  select t.* into v_token from noetl.token as t
  where t.execution_id = p_execution_id and t.status = 'waiting_signal' and t.signal = p_name
  order by t.token_id
  limit 1;
  if found then
    perform noetl_internal.end_wait(
      p_catalog_id, v_token,
      noetl_internal.take_signal(p_execution_id, v_token.token_id, p_name)
    );
  end if;
  update noetl.token as t
  set status = 'ready'
  where t.execution_id = p_execution_id and t.status = 'waiting_admission';
  perform noetl_internal.advance_run(p_execution_id);
  -- Whoever sent it looks next; and the tick tells its shard when that has ended the run.
  perform noetl_internal.project_run(p_execution_id);
  perform noetl_internal.mark_change('dirty', p_execution_id);
  return case when v_token.token_id is null then 'kept' else 'delivered' end;
end;
$function$;

comment on function noetl_internal.receive_signal(bigint, bigint, text, jsonb, jsonb)
is 'Store a signal, and give it to the first token that waits for it.';
