-- Why a run waits, in words: which steps wait, and for what.
create or replace function noetl_internal.waiting_reason(p_execution_id bigint)
returns text
language sql stable
as $function$
  select
    string_agg(
      format(
        'step %s waits for %s', t.step,
        case t.status
          when 'waiting_admission' then 'admission'
          when 'waiting_join' then 'other branches'
          when 'waiting_turn' then 'chunks before it'
          when 'waiting_time' then to_char(t.wake_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"')
          when 'waiting_signal' then format('signal "%s"', t.signal)
          when 'waiting_slot' then format('a place under "%s"', t.slot_key)
        end
      ),
      '; ' order by t.token_id
    )
  from noetl.token as t
  where
    t.execution_id = p_execution_id
    and t.status not in ('ready', 'active')
$function$;

comment on function noetl_internal.waiting_reason(bigint) is 'Why a run waits, in words.';
