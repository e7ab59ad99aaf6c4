-- Let execution ids follow the clock of tests, and give the event log a week long past: what
-- a session does under "set noetl.test_now = '2025-01-08'" is as old as that.
create or replace function noetl_internal.new_execution_id()
returns bigint
language sql volatile
as $function$
  select
    noetl_internal.execution_id_at(
      coalesce(nullif(current_setting('noetl.test_now', true), '')::timestamptz, clock_timestamp())
    )
    | nextval('noetl.execution_seq')
$function$;

create table noetl.event_2025w02 (like noetl.event including defaults including constraints);
alter table noetl.event_2025w02 owner to noetl_owner;
do $do$
begin
  execute format(
    'alter table noetl.event attach partition noetl.event_2025w02 for values from (%s) to (%s)',
    noetl_internal.execution_id_at('2025-01-06 00:00:00+00'),
    noetl_internal.execution_id_at('2025-01-13 00:00:00+00')
  );
end
$do$;
update noetl.setting set value = '30' where name = 'retention_days';
