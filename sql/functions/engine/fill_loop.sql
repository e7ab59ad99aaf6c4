-- Issue the next chunk of a loop's items and move its cursor; returns how many.
-- Locks: the loop's counting lock, tried; the loop row.
create or replace function noetl_internal.fill_loop(
  p_execution_id bigint,
  p_loop_id bigint
)
returns integer
language plpgsql volatile
as $function$
declare
  v_draw record;
begin
  if not noetl_internal.lock_loop(p_loop_id) then
    return 0;
  end if;
  v_draw := noetl_internal.draw_items(
    p_execution_id, p_loop_id, 0, noetl_internal.setting_integer('loop_chunk')
  );
  perform noetl_internal.count_loop(
    p_execution_id, p_loop_id, 0, 0, v_draw.drawn, v_draw.repeated
  );
  return v_draw.drawn + v_draw.repeated;
end;
$function$;

comment on function noetl_internal.fill_loop(bigint, bigint)
is 'Issue the next chunk of a loop''s items and move its cursor.';
