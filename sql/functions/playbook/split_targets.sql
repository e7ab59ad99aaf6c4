-- For each inclusive step, the steps that two different arcs of it can both reach; for each step
-- with chunks, those that arcs of both kinds can reach, where the whole stream meets, and under
-- chunk_split those that only arcs of chunks, but several of them, can reach, where each chunk
-- does.
-- Locks: none. Never raises.
create or replace function noetl_internal.split_targets(
  p_steps jsonb,
  p_graph jsonb
)
returns table (split text, step text)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
begin
  return query
    select
      case when r.ends = 0 then noetl_internal.chunk_split(r.split) else r.split end, r.step
    from (
      select
        s.value ->> 'step' as split, t.step,
        s.value #>> '{next,mode}' = 'inclusive' as is_inclusive,
        count(*) filter (where a.value -> 'on' = 'null') as ends,
        count(*) filter (where a.value -> 'on' <> 'null') as chunks
      from jsonb_array_elements(p_steps) as s (value)
      cross join lateral jsonb_array_elements(s.value #> '{next,arcs}') as a (value)
      cross join lateral noetl_internal.reachable_steps(
        p_graph, array[a.value ->> 'step']
      ) as t (step)
      where
        a.value ->> 'step' is not null
        and (
          s.value #>> '{next,mode}' = 'inclusive'
          or s.value @? '$.next.arcs[*] ? (@.on == "call.partial")'
        )
      group by s.value ->> 'step', t.step, s.value #>> '{next,mode}'
    ) as r
    where
      r.is_inclusive and r.ends > 1
      or r.chunks > 0 and r.ends > 0
      or r.chunks > 1;
end;
$function$;

comment on function noetl_internal.split_targets(jsonb, jsonb)
is 'For each split, the steps that two different arcs of it can both reach.';
