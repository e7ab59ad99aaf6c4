-- Which of these workers get p_count commands of a pool with tools of these kinds: those that serve
-- both and have room, each time the one that has most; fewer than p_count when room runs out.
create or replace function noetl_internal.take_seats(
  p_rooms noetl_internal.room [],
  p_pool text,
  p_kinds text [],
  p_count integer
)
returns text []
language sql immutable parallel safe
as $function$
  select array(
    select r.worker
    from unnest(p_rooms) as r
    cross join lateral generate_series(
      1,
      least(
        p_count, r.free,
        (
          select min((r.tool_free -> k.kind)::integer)
          from unnest(p_kinds) as k (kind)
          where r.tool_free ? k.kind
        )
      )
    ) as s (number)
    where r.pools @> array[p_pool] and r.tools @> p_kinds
    order by r.free - s.number desc, r.worker
    limit p_count
  )
$function$;

comment on function noetl_internal.take_seats(noetl_internal.room [], text, text [], integer)
is 'Which workers get commands: each time the one that has most room.';
