-- A loop that has ended with a slot alive, or counts more slots than it has, would never end or end
-- twice: the table refuses it.
begin;
select plan(5);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.cursor('{"max_in_flight": 2}'))))
) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(2))))) as y \gset
create function pg_temp.refusal(p_run bigint, p_set text) returns text language plpgsql as $$
declare
  v_name text;
begin
  execute 'update noetl.loop set ' || p_set || ' where execution_id = $1' using p_run;
  return null;
exception
  when check_violation then
    get stacked diagnostics v_name = constraint_name;
    return v_name;
end;
$$;
select is(pg_temp.refusal(:x, 'remaining_slots = 3'), 'loop_slots_iff_cursor', 'more slots than there are');
select is(pg_temp.refusal(:x, 'remaining_slots = -1'), 'loop_slots_iff_cursor', 'less than none');
select is(pg_temp.refusal(:y, 'remaining_slots = 1'), 'loop_slots_iff_cursor', 'slots without a cursor');
select is(
  pg_temp.refusal(:x, 'status = $$complete$$, finished_at = now()'), 'loop_slots_end_before_loop', 'an end before that of the slots'
);
select is(pg_temp.refusal(:x, 'done = 1'), 'loop_counts_fit', 'more items than were told');

select * from finish();
rollback;
