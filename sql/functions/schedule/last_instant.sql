-- The last firing up to p_until, by halving, so that the number of them does not matter; p_from,
-- which is a firing, when there is no later one.
create or replace function noetl_internal.last_instant(
  p_cron noetl_internal.cron,
  p_zone text,
  p_from timestamptz,
  p_until timestamptz
)
returns timestamptz
language plpgsql stable parallel safe
as $function$
declare
  v_last timestamptz := p_from;
  v_from timestamptz := p_from;
  v_to timestamptz := p_until;
  v_middle timestamptz;
  v_next timestamptz;
begin
  while v_to > v_from + interval '1 minute' loop
    v_middle := v_from + make_interval(secs => extract(epoch from v_to - v_from)::integer / 2);
    v_next := noetl_internal.next_instant(p_cron, p_zone, v_middle);
    if v_next <= p_until then
      v_last := v_next;
      v_from := v_next;
    else
      v_to := v_middle;
    end if;
  end loop;
  v_next := noetl_internal.next_instant(p_cron, p_zone, v_last);
  return case when v_next <= p_until then v_next else v_last end;
end;
$function$;

comment on function noetl_internal.last_instant(
  noetl_internal.cron, text, timestamptz, timestamptz
)
is 'The last firing of a cron expression up to an instant.';
