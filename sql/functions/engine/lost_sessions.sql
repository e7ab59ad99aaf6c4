-- Sessions that have ended and still hold commands. It steps from holder to holder through the
-- index of leased commands: there are few of them, and many commands and ended sessions.
create or replace function noetl_internal.lost_sessions()
returns setof uuid
language sql stable
as $function$
  with recursive holders as (
    (
      select c.session_id from noetl.command as c
      where c.status = 'leased'
      order by c.session_id
      limit 1
    )
    union all
    select n.session_id
    from holders as h
    cross join lateral (
      select c.session_id from noetl.command as c
      where c.status = 'leased' and c.session_id > h.session_id
      order by c.session_id
      limit 1
    ) as n
  )
  select h.session_id
  from holders as h
  inner join noetl.runtime as s on s.session_id = h.session_id
  where s.status = 'ended'
$function$;

comment on function noetl_internal.lost_sessions()
is 'Sessions that have ended and still hold commands.';
