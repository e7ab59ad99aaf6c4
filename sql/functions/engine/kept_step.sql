-- What the name of a finished step reads as, and the stored rows that its loop went over, also of a
-- retired execution; of a result that is stored outside the name, the value may be missing.
create or replace function noetl_internal.kept_step(
  p_execution_id bigint,
  p_step text
)
returns table (value jsonb, envelope jsonb, collection_ref text)
language plpgsql stable
as $function$
#variable_conflict use_column
begin
  return query
  select k.kept -> 'value', k.kept -> 'envelope', k.kept ->> 'collection_ref'
  from noetl.manifest as m
  cross join lateral (select m.summary -> 'results' -> p_step as kept) as k
  where m.execution_id = p_execution_id and m.kind <> 'rows' and k.kept is not null;
  if found then
    return;
  end if;
  return query
  select v.value, v.envelope, l.collection_ref
  from noetl.variable as v
  left join noetl.loop as l on l.execution_id = p_execution_id and l.loop_id = v.loop_id
  where v.execution_id = p_execution_id and v.scope = 'step' and v.name = p_step;
end;
$function$;

comment on function noetl_internal.kept_step(bigint, text)
is 'What the name of a finished step reads as, also of a retired execution.';
