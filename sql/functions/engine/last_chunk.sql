-- The chunk of a token that was recorded last: its index, -1 before the first, and the split whose
-- branches the token and its chunks are, null before a chunk has made a token.
create or replace function noetl_internal.last_chunk(
  p_execution_id bigint,
  p_token_id integer,
  out chunk_index integer,
  out split_id integer
)
language plpgsql stable
as $function$
#variable_conflict use_column
begin
  select e.current_index, (e.meta ->> 'split_id')::integer
  into chunk_index, split_id
  from noetl.event as e
  where
    e.execution_id = p_execution_id
    and e.event_type = 'call.partial'
    and e.meta ->> 'token_id' = p_token_id::text
  order by e.current_index desc
  limit 1;
  chunk_index := coalesce(chunk_index, -1);
end;
$function$;

comment on function noetl_internal.last_chunk(bigint, integer)
is 'The chunk of a token that was recorded last.';
