-- Whether the token of a chunk may enter its step: fewer earlier chunks of its stream than may be
-- at work at once are still there.
create or replace function noetl_internal.is_turn(p_token noetl.token)
returns boolean
language plpgsql stable
as $function$
begin
  return (
    select count(*) < (p_token.input #>> '{_partial,max_in_flight}')::integer
    from noetl.token as t
    where
      t.execution_id = p_token.execution_id
      and t.token_id < p_token.token_id
      and t.step = p_token.step
      and t.input #> '{_partial,token_id}' = p_token.input #> '{_partial,token_id}'
  );
end;
$function$;

comment on function noetl_internal.is_turn(noetl.token)
is 'Whether the token of a chunk may enter its step.';
