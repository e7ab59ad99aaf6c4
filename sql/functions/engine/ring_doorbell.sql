-- Wake the workers of the pools that got commands, unless the caller has room for them itself: a
-- session that reports n commands has n free slots, and claims right after (record_run says so in
-- noetl.caller_slots, for this transaction). A doorbell that was not needed costs every worker a
-- claim; one that was, latency up to the next poll.
create or replace function noetl_internal.ring_doorbell(
  p_issued text [],
  p_drafts noetl_internal.draft []
)
returns void
language plpgsql volatile
as $function$
declare
  v_slots integer := coalesce(
    nullif(current_setting('noetl.caller_slots', true), '')::integer, 0
  );
  v_count integer := coalesce(cardinality(p_issued), 0);
begin
  if v_count <= v_slots then
    perform set_config('noetl.caller_slots', (v_slots - v_count)::text, true);
    return;
  end if;
  perform pg_notify('noetl_pool', p.pool)
  from (select distinct d.pool from unnest(p_drafts) as d) as p;
end;
$function$;

comment on function noetl_internal.ring_doorbell(text [], noetl_internal.draft [])
is 'Wake the workers of the pools that got commands.';
