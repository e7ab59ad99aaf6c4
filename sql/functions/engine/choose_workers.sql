-- To whom each of these commands should go: to the worker with most room among those that serve its
-- pool and its kinds of tools; to nobody in particular (null) when there is none.
create or replace function noetl_internal.choose_workers(
  p_publications noetl_internal.publication []
)
returns setof noetl_internal.publication
language plpgsql volatile
as $function$
declare
  v_rooms noetl_internal.room [] := array(select r from noetl_internal.worker_rooms() as r);
  v_group record;
  v_seats text [];
begin
  -- A row loop over the groups that anybody serves alike, few: each leaves the next less room.
  for v_group in
    select p.pool, p.kinds, array_agg(p order by p.change_id) as members
    from unnest(p_publications) as p
    group by p.pool, p.kinds
    order by min(p.change_id)
  loop
    v_seats := noetl_internal.take_seats(
      v_rooms, v_group.pool, v_group.kinds, cardinality(v_group.members)
    );
    return query
    select
      m.change_id, m.execution_id, m.command_id, m.issue, m.pool, m.kinds, v_seats[m.number]
    from unnest(v_group.members) with ordinality as m (
      change_id, execution_id, command_id, issue, pool, kinds, worker, number
    );
    v_rooms := array(
      select
        case
          when g.count is null then r
          else noetl_internal.less_room(r, v_group.kinds, g.count)
        end
      from unnest(v_rooms) as r
      left join (
        select s.worker, count(*)::integer as count
        from unnest(v_seats) as s (worker)
        group by s.worker
      ) as g on g.worker = r.worker
    );
  end loop;
end;
$function$;

comment on function noetl_internal.choose_workers(noetl_internal.publication [])
is 'To whom each of these commands should go.';
