-- Put a run into the outbox: dirty (project it) or advance (move it on).
create or replace function noetl_internal.mark_change(
  p_kind text,
  p_execution_id bigint
)
returns void
language sql volatile
as $function$
  insert into noetl.change (kind, execution_id)
  values (p_kind, p_execution_id)
$function$;

comment on function noetl_internal.mark_change(text, bigint)
is 'Put a run into the outbox, to be projected or moved on.';
