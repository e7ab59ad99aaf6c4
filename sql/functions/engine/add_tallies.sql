-- A tally with those added that other sessions left behind for its loop.
-- Locks: the caller holds the loop's counting lock.
create or replace function noetl_internal.add_tallies(p_tally noetl.loop_tally)
returns noetl.loop_tally
language plpgsql volatile
as $function$
declare
  v_left record;
begin
  with taken as (
    delete from noetl.loop_tally as t
    where t.execution_id = p_tally.execution_id and t.loop_id = p_tally.loop_id
    returning t.*
  )
  select
    count(*) as count, sum(t.done)::integer as done, sum(t.failed)::integer as failed,
    (array_agg(t.ctx) filter (where t.ctx is not null))[1] as ctx,
    (
      array_agg(t.error order by (t.error ->> 'item')::integer) filter (where t.error is not null)
    )[1] as error
  into v_left
  from taken as t;
  if v_left.count > 0 then
    p_tally.done := p_tally.done + v_left.done;
    p_tally.failed := p_tally.failed + v_left.failed;
    p_tally.ctx := coalesce(p_tally.ctx, v_left.ctx);
    if
      p_tally.error is null
      or (v_left.error ->> 'item')::integer < (p_tally.error ->> 'item')::integer
    then
      p_tally.error := v_left.error;
    end if;
  end if;
  return p_tally;
end;
$function$;

comment on function noetl_internal.add_tallies(noetl.loop_tally)
is 'A tally with those added that other sessions left behind for its loop.';
