-- Forget parked messages; how many there were.
-- Locks: the rows. Raises: nothing.
create or replace function noetl.discard_dead_letters(p_dead_letter_ids bigint [])
returns integer
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
  with discarded as (
    delete from noetl.dead_letter as d
    where d.dead_letter_id = any(p_dead_letter_ids)
    returning d.dead_letter_id
  )
  select count(*)::integer from discarded
$function$;

comment on function noetl.discard_dead_letters(bigint []) is 'Forget parked messages.';
revoke all on function noetl.discard_dead_letters(bigint []) from public;
grant execute on function noetl.discard_dead_letters(bigint []) to noetl_operator;
