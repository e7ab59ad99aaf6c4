-- Give up a token's place under a concurrency key; whoever waits for it is looked for soon after.
create or replace function noetl_internal.release_slot(
  p_execution_id bigint,
  p_token_id integer
)
returns void
language plpgsql volatile
as $function$
begin
  delete from noetl.slot as s
  where s.execution_id = p_execution_id and s.token_id = p_token_id;
  perform noetl_internal.mark_change('advance', p_execution_id);
end;
$function$;

comment on function noetl_internal.release_slot(bigint, integer)
is 'Give up a place under a concurrency key.';
