-- A batch's answer with these reports added to what is to be sent again.
create or replace function noetl_internal.defer_reports(
  p_answer jsonb,
  p_reports noetl_internal.report []
)
returns jsonb
language sql immutable
as $function$
  select jsonb_set(
    p_answer, '{retry}',
    p_answer -> 'retry' || (
      select jsonb_agg(r.position order by r.position) from unnest(p_reports) as r
    )
  )
$function$;

comment on function noetl_internal.defer_reports(jsonb, noetl_internal.report [])
is 'A batch''s answer with reports added that are to be sent again.';
