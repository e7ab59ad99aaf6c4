-- Record the reports of parked messages once more: those that are taken, or are late by now, are
-- parked no longer; of the others the reason is brought up to date. Ids that are not parked are
-- left out.
-- Locks: the rows, ascending; then as record_events. Raises: nothing of a message's own.
create or replace function noetl.retry_dead_letters(p_dead_letter_ids bigint [])
returns table (dead_letter_id bigint, is_recorded boolean, reason text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  v_letter record;
  v_reason text;
begin
  -- A row loop, since each message fails for itself; bounded by the argument.
  for v_letter in
    select d.* from noetl.dead_letter as d
    where d.dead_letter_id = any(p_dead_letter_ids)
    order by d.dead_letter_id
    limit 1000
    for update
  loop
    begin
      v_reason := noetl_internal.retry_message(v_letter.payload, v_letter.bytes);
    exception
      when data_exception or integrity_constraint_violation or program_limit_exceeded then
        v_reason := sqlerrm;
    end;
    if v_reason is null then
      delete from noetl.dead_letter as d where d.dead_letter_id = v_letter.dead_letter_id;
    else
      update noetl.dead_letter as d set reason = left(v_reason, 1000)
      where d.dead_letter_id = v_letter.dead_letter_id;
    end if;
    dead_letter_id := v_letter.dead_letter_id;
    is_recorded := v_reason is null;
    reason := coalesce(v_reason, v_letter.reason);
    return next;
  end loop;
end;
$function$;

comment on function noetl.retry_dead_letters(bigint [])
is 'Record the reports of parked messages once more.';
revoke all on function noetl.retry_dead_letters(bigint []) from public;
grant execute on function noetl.retry_dead_letters(bigint []) to noetl_operator;
