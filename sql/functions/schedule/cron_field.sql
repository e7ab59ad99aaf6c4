-- The field at a place, 1 to 5, of a cron expression: what it is called, and what it takes.
create or replace function noetl_internal.cron_field(p_place integer)
returns noetl_internal.cron_field
language sql immutable parallel safe
as $function$
  select f.name, f.low, f.high, f.names
  from (
    values
      (1, 'minute', 0, 59, '{}'::text[]),
      (2, 'hour', 0, 23, '{}'),
      (3, 'day of month', 1, 31, '{}'),
      (4, 'month', 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}'),
      (5, 'day of week', 0, 7, '{sun,mon,tue,wed,thu,fri,sat}')
  ) as f (place, name, low, high, names)
  where f.place = p_place
$function$;

comment on function noetl_internal.cron_field(integer)
is 'A field of a cron expression: what it is called, and what it takes.';
