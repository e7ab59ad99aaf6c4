-- Keep a message that cannot be recorded, for a person to look at; false when the message of this
-- key is parked already. Of a large payload the beginning is kept, of all messages at most the
-- newest 10 000: whoever sends rubbish does not fill the database.
-- Locks: the row. Raises: NE422.
create or replace function noetl.park_message(
  p_message_key text,
  p_subject text,
  p_reason text,
  p_payload bytea,
  p_received_at timestamptz,
  p_deliveries integer
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_id bigint;
begin
  if coalesce(p_message_key, '') = '' or p_payload is null then
    raise exception 'a message needs a key and a payload' using
      errcode = 'NE422', hint = 'Pass what tells the message apart, and its bytes.';
  end if;
  insert into noetl.dead_letter (
    message_key, subject, reason, payload, bytes, received_at, deliveries
  )
  values (
    p_message_key, coalesce(left(p_subject, 1000), ''), coalesce(left(p_reason, 1000), ''),
    substr(p_payload, 1, 65536), octet_length(p_payload),
    coalesce(p_received_at, noetl_internal.clock_now()), coalesce(p_deliveries, 1)
  )
  on conflict on constraint dead_letter_message_is_parked_once do nothing
  returning dead_letter_id into v_id;
  delete from noetl.dead_letter as d where d.dead_letter_id <= v_id - 10000;
  return v_id is not null;
end;
$function$;

comment on function noetl.park_message(text, text, text, bytea, timestamptz, integer)
is 'Keep a message that cannot be recorded, for a person to look at.';
revoke all on function noetl.park_message(
  text, text, text, bytea, timestamptz, integer
) from public;
grant execute on function noetl.park_message(
  text, text, text, bytea, timestamptz, integer
) to noetl_worker;
