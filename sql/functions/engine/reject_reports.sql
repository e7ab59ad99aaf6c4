-- A batch's answer with these reports added to what is refused for good, each with the reason.
create or replace function noetl_internal.reject_reports(
  p_answer jsonb,
  p_reports noetl_internal.report [],
  p_code text,
  p_message text
)
returns jsonb
language sql immutable
as $function$
  select jsonb_set(
    p_answer, '{rejected}',
    p_answer -> 'rejected' || (
      select
        jsonb_agg(
          jsonb_build_object('index', r.position, 'sqlstate', p_code, 'message', p_message)
          order by r.position
        )
      from unnest(p_reports) as r
    )
  )
$function$;

comment on function noetl_internal.reject_reports(jsonb, noetl_internal.report [], text, text)
is 'A batch''s answer with reports added that are refused for good.';
