-- The types that events can be of, as the domain's check has them.
create or replace function noetl_internal.event_types()
returns text []
language sql stable
as $function$
  select array_agg(m.type[1] order by m.type[1])
  from pg_constraint as c
  cross join regexp_matches(pg_get_constraintdef(c.oid), $$'([a-z_.]+)'$$, 'g') as m (type)
  where
    c.conname = 'event_type_is_known'
    and c.contypid = 'noetl_internal.event_type'::regtype
$function$;

comment on function noetl_internal.event_types() is 'The types that events can be of.';
