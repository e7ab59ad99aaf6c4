-- Whether a live loop has items left but none issued and unfinished: nobody but the caller will
-- issue the next.
create or replace function noetl_internal.is_loop_starved(
  p_execution_id bigint,
  p_loop_id bigint
)
returns boolean
language plpgsql stable
as $function$
begin
  return (
    select exists (
      select from noetl.loop as l
      where
        l.execution_id = p_execution_id
        and l.loop_id = p_loop_id
        and l.status = 'expanding'
        and l.issued = l.done + l.failed + l.to_repeat
    )
  );
end;
$function$;

comment on function noetl_internal.is_loop_starved(bigint, bigint)
is 'Whether a live loop has items left but none issued and unfinished.';
