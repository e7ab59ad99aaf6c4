-- Issue the next items of a loop, as its window and the setting loop_chunk allow; returns how many.
-- Locks: the loop row.
create or replace function noetl_internal.fill_loop(
  p_execution_id bigint,
  p_loop_id bigint
)
returns integer
language plpgsql volatile
as $function$
declare
  v_loop noetl.loop;
  v_count integer;
  v_place bigint;
begin
  select * into v_loop from noetl.loop as l
  where l.execution_id = p_execution_id and l.loop_id = p_loop_id
  for no key update;
  v_count := least(
    v_loop.total - v_loop.issued,
    v_loop.max_in_flight - (v_loop.issued - v_loop.done - v_loop.failed),
    noetl_internal.setting_integer('loop_chunk')
  );
  if v_loop.status not in ('expanding', 'running') or v_count < 0 then
    return 0;
  end if;
  v_place := greatest(v_loop.next_place, noetl_internal.served_place() + 1);
  update noetl.loop as l
  set
    issued = l.issued + v_count, next_place = v_place + v_count, version = l.version + 1,
    status = case
      when
        l.issued + v_count < l.total
        and l.issued + v_count - l.done - l.failed < l.max_in_flight
        then 'expanding'
      else 'running'
    end
  where l.execution_id = p_execution_id and l.loop_id = p_loop_id;
  if v_count > 0 then
    perform noetl_internal.issue_batch(
      noetl_internal.draft_items(v_loop, v_loop.issued, v_count, v_place)
    );
  end if;
  return v_count;
end;
$function$;

comment on function noetl_internal.fill_loop(bigint, bigint)
is 'Issue the next items of a loop, as its window allows.';
