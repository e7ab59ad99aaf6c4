-- Create the weekly partitions of noetl.event up to p_weeks ahead; returns how many were new. A row
-- loop over DDL, bounded by p_weeks. Each is made apart and then attached with a short
-- lock_timeout: "create … partition of" would queue every insert behind any open transaction that
-- wrote an event.
create or replace function noetl_internal.create_partitions(p_weeks integer)
returns integer
language plpgsql volatile
as $function$
declare
  v_created integer := 0;
  v_from timestamptz;
  v_name text;
begin
  perform pg_advisory_xact_lock(noetl_internal.lock_key('partitions', 0));
  for v_from in
    select w
    from generate_series(
      date_trunc('week', now(), 'UTC'), now() + make_interval(weeks => p_weeks), interval '7 days'
    ) as w
  loop
    v_name := 'event_' || to_char(v_from at time zone 'UTC', 'IYYY"w"IW');
    continue when to_regclass(format('noetl.%I', v_name)) is not null;
    execute format(
      'create table noetl.%I (like noetl.event including defaults including constraints)', v_name
    );
    execute format('comment on table noetl.%I is %L', v_name, 'One week of noetl.event.');
    perform set_config('lock_timeout', '2s', true);
    execute format(
      'alter table noetl.event attach partition noetl.%I for values from (%s) to (%s)',
      v_name,
      noetl_internal.execution_id_at(v_from),
      noetl_internal.execution_id_at(v_from + interval '7 days')
    );
    v_created := v_created + 1;
  end loop;
  return v_created;
end;
$function$;

comment on function noetl_internal.create_partitions(integer)
is 'Create the weekly partitions of the event log some weeks ahead.';
