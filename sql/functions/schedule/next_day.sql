-- The first day from p_from on that a cron expression admits; null when there is none for 50 years,
-- and then there is none at all: a 29th of February of a given weekday comes within 40.
create or replace function noetl_internal.next_day(
  p_cron noetl_internal.cron,
  p_from date
)
returns date
language plpgsql immutable parallel safe
as $function$
declare
  v_day date := p_from;
  v_is_day boolean;
  v_is_weekday boolean;
begin
  while v_day < p_from + 50 * 366 loop
    if extract(month from v_day)::integer <> all(p_cron.months) then
      v_day := (date_trunc('month', v_day::timestamp) + interval '1 month')::date;
      continue;
    end if;
    v_is_day := extract(day from v_day)::integer = any(p_cron.days);
    v_is_weekday := extract(dow from v_day)::integer = any(p_cron.weekdays);
    if (v_is_day and v_is_weekday) or (p_cron.is_either_day and (v_is_day or v_is_weekday)) then
      return v_day;
    end if;
    v_day := v_day + 1;
  end loop;
  return null;
end;
$function$;

comment on function noetl_internal.next_day(noetl_internal.cron, date)
is 'The first day from a given one on that a cron expression admits.';
