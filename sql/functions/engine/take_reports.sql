-- Split a batch into well-formed reports and rejected ones, as record_events answers them. One
-- conversion of the whole batch is several times faster than a look at each event, so that look is
-- taken only when the conversion fails or something in the batch is missing, unknown or large.
create or replace function noetl_internal.take_reports(
  p_events jsonb,
  out reports noetl_internal.report [],
  out rejected jsonb
)
language plpgsql stable
as $function$
#variable_conflict use_column
declare
  v_is_suspect boolean;
  v_sound jsonb;
begin
  begin
    select
      coalesce(array_agg(r), '{}'), coalesce(bool_or(noetl_internal.is_suspect(r)), false)
    into reports, v_is_suspect
    from noetl_internal.parse_reports(p_events) as r;
    if not v_is_suspect then
      rejected := '[]';
      return;
    end if;
  exception
    when data_exception then
      null;  -- the look below finds which one, and why
  end;
  select
    coalesce(
      jsonb_agg(e.value || jsonb_build_object('position', e.place - 1))
      filter (where p.problem is null),
      '[]'
    ),
    coalesce(
      jsonb_agg(
        jsonb_build_object('index', e.place - 1, 'sqlstate', 'NE422', 'message', p.problem)
        order by e.place
      ) filter (where p.problem is not null),
      '[]'
    )
  into v_sound, rejected
  from jsonb_array_elements(p_events) with ordinality as e (value, place)
  cross join lateral (
    select noetl_internal.report_problem(e.value) as problem
  ) as p;
  reports := array(select noetl_internal.parse_reports(v_sound));
end;
$function$;

comment on function noetl_internal.take_reports(jsonb)
is 'Split a batch into well-formed reports and rejected ones.';
