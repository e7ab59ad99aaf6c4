-- Make the tokens of a run ready that waited for a place under a concurrency key and have it.
-- Locks: the run row.
create or replace function noetl_internal.enter_granted(p_execution_id bigint)
returns void
language plpgsql volatile
as $function$
begin
  perform 1 from noetl.run as r
  where r.execution_id = p_execution_id and r.status in ('running', 'waiting')
  for no key update;
  update noetl.token as t
  set
    status = 'ready',
    slot_key = (
      select s.key from noetl.slot as s
      where s.execution_id = p_execution_id and s.token_id = t.token_id
    )
  where
    t.execution_id = p_execution_id
    and t.status = 'waiting_slot'
    and not exists (
      select from noetl.slot as s
      where
        s.execution_id = p_execution_id and s.token_id in (0, t.token_id) and not s.is_held
    );
end;
$function$;

comment on function noetl_internal.enter_granted(bigint)
is 'Make the tokens of a run ready whose place under a concurrency key is granted.';
