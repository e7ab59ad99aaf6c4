-- End a wait: by the signal that came, else because its time has come, which is a failure for who
-- waits for a signal. A large payload is stored, and the step's result refers to it.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.end_wait(
  p_catalog_id bigint,
  p_token noetl.token,
  p_signal noetl.signal
)
returns void
language plpgsql volatile
as $function$
declare
  v_is_ok boolean := p_signal.signal_id is not null or p_token.signal is null;
  v_data jsonb := coalesce(
    p_signal.payload, jsonb_build_object('waited_until', p_token.wake_at)
  );
  v_text text := v_data::text;
begin
  perform noetl_internal.finish_call(
    p_token.execution_id, p_catalog_id, p_token.token_id, p_token.step, v_is_ok,
    case
      when not v_is_ok then '{"status": "error"}'
      when octet_length(v_text) <= 1024
        then jsonb_build_object('status', 'ok', 'context', jsonb_build_object('data', v_data))
      else
        jsonb_build_object(
          'status', 'ok',
          'reference', jsonb_build_object(
            'store', 'db',
            'ref', noetl_internal.store_payload(
              p_token.execution_id, null, p_token.step, 'signal', v_data, octet_length(v_text),
              encode(sha256(convert_to(v_text, 'UTF8')), 'hex')
            )
          )
        )
    end,
    case
      when not v_is_ok
        then jsonb_build_object(
          'kind', 'timeout',
          'message', format('no signal "%s" until %s', p_token.signal, p_token.wake_at)
        )
    end,
    null,
    case
      when p_signal.signal_id is null then '{}'
      else jsonb_build_object('signal_id', p_signal.signal_id)
    end
  );
end;
$function$;

comment on function noetl_internal.end_wait(bigint, noetl.token, noetl.signal)
is 'End a wait: by its signal, or because its time has come.';
