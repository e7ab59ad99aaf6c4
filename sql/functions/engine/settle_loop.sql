-- Do what follows from counting a loop: its ctx writes, its end, or its next items when nobody else
-- will issue them; true if the run has something to advance.
-- Locks: the loop row, the run row.
create or replace function noetl_internal.settle_loop(
  p_execution_id bigint,
  p_loop_id bigint,
  p_ctx jsonb
)
returns boolean
language plpgsql volatile
as $function$
begin
  if p_ctx is not null then
    perform noetl_internal.write_loop_ctx(p_execution_id, p_loop_id, p_ctx);
  end if;
  if noetl_internal.close_loop(p_execution_id, p_loop_id) then
    return true;
  elsif noetl_internal.is_loop_starved(p_execution_id, p_loop_id) then
    perform noetl_internal.fill_loop(p_execution_id, p_loop_id);
  end if;
  return p_ctx is not null;
end;
$function$;

comment on function noetl_internal.settle_loop(bigint, bigint, jsonb)
is 'Do what follows from counting a loop.';
