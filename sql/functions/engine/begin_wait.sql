-- Let a token wait for a time or a signal; a kept signal ends the wait at once.
-- Locks: the caller holds the run row, as whoever sends a signal does.
create or replace function noetl_internal.begin_wait(
  p_run noetl.run,
  p_token noetl.token,
  p_wait jsonb
)
returns void
language plpgsql volatile
as $function$
declare
  v_token noetl.token;
  v_signal noetl.signal;
begin
  update noetl.token as t
  set
    signal = p_wait ->> 'signal', wake_at = (p_wait ->> 'wake_at')::timestamptz,
    status = case when p_wait ->> 'signal' is null then 'waiting_time' else 'waiting_signal' end
  where t.execution_id = p_token.execution_id and t.token_id = p_token.token_id
  returning t.* into v_token;
  if v_token.signal is not null then
    v_signal := noetl_internal.take_signal(
      v_token.execution_id, v_token.token_id, v_token.signal
    );
  end if;
  if v_signal.signal_id is not null or v_token.wake_at <= noetl_internal.clock_now() then
    perform noetl_internal.end_wait(p_run.catalog_id, v_token, v_signal);
  elsif v_token.wake_at is not null then
    perform noetl_internal.ring_tickers();
  end if;
end;
$function$;

comment on function noetl_internal.begin_wait(noetl.run, noetl.token, jsonb)
is 'Let a token wait for a time or a signal.';
