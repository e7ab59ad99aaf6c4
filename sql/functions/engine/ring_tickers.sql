-- Wake who ticks: something is left for a tick to do. Within a report nobody needs to be woken: the
-- worker that reports looks by itself (record_run leaves noetl.caller_slots, for this transaction).
create or replace function noetl_internal.ring_tickers()
returns void
language plpgsql volatile
as $function$
begin
  if coalesce(current_setting('noetl.caller_slots', true), '') = '' then
    perform pg_notify('noetl_pool', '');
  end if;
end;
$function$;

comment on function noetl_internal.ring_tickers() is 'Wake who ticks.';
