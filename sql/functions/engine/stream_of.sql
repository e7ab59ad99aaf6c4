-- How far the stream of a token is: {"next_chunk": the first index that is not recorded, "room":
-- how many more chunks may come}. The room is that of the step with the least: twice as many as
-- may be at work at once, without those that are there. Null: unlimited, because no arc is wired;
-- 0 when the run fails. What waits at a join is not at work: it waits for the stream's own end.
create or replace function noetl_internal.stream_of(
  p_execution_id bigint,
  p_catalog_id bigint,
  p_token_id integer,
  p_step text
)
returns jsonb
language plpgsql stable
as $function$
begin
  return (
    select
      jsonb_build_object(
        'next_chunk',
        (select l.chunk_index + 1 from noetl_internal.last_chunk(p_execution_id, p_token_id) as l),
        'room',
        case
          when not exists (
            select from noetl.run as r
            where r.execution_id = p_execution_id and r.status in ('running', 'waiting')
          ) then 0
          else min(greatest(2 * (a.value ->> 'max_in_flight')::integer - t.count, 0))
        end
      )
    from jsonb_array_elements(
      noetl_internal.step_definition(p_catalog_id, p_step) #> '{next,arcs}'
    ) as a (value)
    cross join lateral (
      select count(*)::integer as count
      from noetl.token as t
      where
        t.execution_id = p_execution_id
        and t.step = a.value ->> 'step'
        and t.status <> 'waiting_join'
        and t.input #> '{_partial,token_id}' = to_jsonb(p_token_id)
    ) as t
    where a.value ->> 'on' = 'call.partial'
  );
end;
$function$;

comment on function noetl_internal.stream_of(bigint, bigint, integer, text)
is 'How far the stream of a token is, and how many more chunks may come.';
