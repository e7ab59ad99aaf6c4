-- A new, time-ordered execution id: milliseconds since 2024, then 22 bits of a sequence.
-- Real time, not clock_now(): the partitions of the event log follow it.
create or replace function noetl_internal.new_execution_id()
returns bigint
language sql volatile
as $function$
  select
    noetl_internal.execution_id_at(clock_timestamp()) | nextval('noetl.execution_seq')
$function$;

comment on function noetl_internal.new_execution_id() is 'A new, time-ordered execution id.';
