-- Make the tokens of chunks ready whose turn has come because p_token, of a chunk before them, has
-- left its step.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.open_turns(p_token noetl.token)
returns void
language plpgsql volatile
as $function$
begin
  update noetl.token as t
  set status = 'ready'
  where
    t.execution_id = p_token.execution_id
    and t.status = 'waiting_turn'
    and t.step = p_token.step
    and t.input #> '{_partial,token_id}' = p_token.input #> '{_partial,token_id}'
    and noetl_internal.is_turn(t);
end;
$function$;

comment on function noetl_internal.open_turns(noetl.token)
is 'Make the tokens of chunks ready whose turn has come.';
