-- The malformed or foreign events of a batch, as record_events answers them.
create or replace function noetl_internal.rejected_reports(p_events jsonb)
returns jsonb
language sql stable
as $function$
  select
    coalesce(
      jsonb_agg(
        jsonb_build_object('index', e.place - 1, 'sqlstate', 'NE422', 'message', p.problem)
        order by e.place
      ),
      '[]'
    )
  from jsonb_array_elements(p_events) with ordinality as e (value, place)
  cross join lateral (
    select noetl_internal.report_problem(e.value) as problem
  ) as p
  where p.problem is not null
$function$;

comment on function noetl_internal.rejected_reports(jsonb)
is 'The malformed events of a batch.';
