-- Put a run into the outbox: dirty (project it) or advance (move it on); whoever ticks does it.
create or replace function noetl_internal.mark_change(
  p_kind text,
  p_execution_id bigint
)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.change (kind, execution_id, marked_at)
  values (p_kind, p_execution_id, noetl_internal.clock_now());
  perform noetl_internal.ring_tickers();
end;
$function$;

comment on function noetl_internal.mark_change(text, bigint)
is 'Put a run into the outbox, to be projected or moved on.';
