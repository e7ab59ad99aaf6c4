-- Why a run waits, in words: which steps wait for admission or for other branches.
create or replace function noetl_internal.waiting_reason(p_execution_id bigint)
returns text
language sql stable
as $function$
  select
    string_agg(
      format(
        'step %s waits for %s', t.step,
        case t.status when 'waiting_admission' then 'admission' else 'other branches' end
      ),
      '; ' order by t.token_id
    )
  from noetl.token as t
  where
    t.execution_id = p_execution_id
    and t.status in ('waiting_admission', 'waiting_join')
$function$;

comment on function noetl_internal.waiting_reason(bigint) is 'Why a run waits, in words.';
