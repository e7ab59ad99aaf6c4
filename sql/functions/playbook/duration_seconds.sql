-- The seconds of a duration such as "90", "1.5h" or "1h 30m" (ms, s, m, h, d, w); null when it is
-- none.
create or replace function noetl_internal.duration_seconds(p_text text)
returns numeric
language sql immutable parallel safe
as $function$
  select
    case
      when p_text ~ '^\s*[0-9]{1,9}(\.[0-9]+)?\s*$' then trim(p_text)::numeric
      when p_text ~ '^\s*([0-9]{1,9}(\.[0-9]+)?\s*(ms|[smhdw])\s*)+$'
        then (
          select sum(
            m[1]::numeric * case m[2]
              when 'ms' then 0.001 when 's' then 1 when 'm' then 60 when 'h' then 3600
              when 'd' then 86400 when 'w' then 604800
            end
          )
          from regexp_matches(p_text, '([0-9.]+)\s*(ms|[smhdw])', 'g') as m
        )
    end
$function$;

comment on function noetl_internal.duration_seconds(text)
is 'The seconds of a duration such as "90", "1.5h" or "1h 30m".';
