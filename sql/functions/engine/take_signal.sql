-- Give a token the oldest signal of a name that nobody has taken and that has not expired; null
-- when there is none.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.take_signal(
  p_execution_id bigint,
  p_token_id integer,
  p_name text
)
returns noetl.signal
language plpgsql volatile
as $function$
declare
  v_signal noetl.signal;
begin
  update noetl.signal as s
  set token_id = p_token_id
  where
    s.execution_id = p_execution_id
    and s.signal_id = (
      select min(k.signal_id) from noetl.signal as k
      where
        k.execution_id = p_execution_id
        and k.name = p_name
        and k.token_id is null
        and k.expires_at > noetl_internal.clock_now()
    )
  returning s.* into v_signal;
  return v_signal;
end;
$function$;

comment on function noetl_internal.take_signal(bigint, integer, text)
is 'Give a token the oldest kept signal of a name.';
