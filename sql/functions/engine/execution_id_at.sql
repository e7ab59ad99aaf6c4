-- The smallest execution id that can be made at a time (the bound of a partition).
create or replace function noetl_internal.execution_id_at(p_at timestamptz)
returns bigint
language sql stable parallel safe
as $function$
  select
    floor(extract(epoch from p_at - timestamptz '2024-01-01 00:00:00+00') * 1000)::bigint << 22
$function$;

comment on function noetl_internal.execution_id_at(timestamptz)
is 'The smallest execution id that can be made at a time.';
