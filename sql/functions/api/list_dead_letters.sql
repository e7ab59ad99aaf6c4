-- Parked messages, newest first: whence they came, why they are here, and how they begin.
-- Locks: none. Raises: nothing.
create or replace function noetl.list_dead_letters(p_limit integer default 100)
returns table (
  dead_letter_id bigint,
  subject text,
  reason text,
  bytes bigint,
  received_at timestamptz,
  deliveries integer,
  beginning text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
  select
    d.dead_letter_id, d.subject, d.reason, d.bytes, d.received_at, d.deliveries,
    encode(substr(d.payload, 1, 400), 'escape')
  from noetl.dead_letter as d
  order by d.dead_letter_id desc
  limit least(greatest(p_limit, 0), 10000)
$function$;

comment on function noetl.list_dead_letters(integer)
is 'Parked messages, newest first: whence they came and why they are here.';
revoke all on function noetl.list_dead_letters(integer) from public;
grant execute on function noetl.list_dead_letters(integer) to noetl_operator, noetl_reader;
