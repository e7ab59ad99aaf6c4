-- What is told of steps, {"step": {"events", "entered", …, "first_at", "last_at", "first_error"}},
-- with what later events tell of them.
create or replace function noetl_internal.merge_step_counts(
  p_known jsonb,
  p_later jsonb
)
returns jsonb
language plpgsql stable
as $function$
begin
  return (
    select jsonb_object_agg(t.step, to_jsonb(t) - 'step')
    from (
      select
        s.key as step, sum(c.events) as events, sum(c.entered) as entered,
        sum(c.issued) as issued, sum(c.completed) as completed, sum(c.failed) as failed,
        sum(c.cancelled) as cancelled, min(c.first_at) as first_at, max(c.last_at) as last_at,
        (array_agg(c.first_error order by a.place) filter (
          where c.first_error is not null
        ))[1] as first_error
      from (values (1, p_known), (2, p_later)) as a (place, steps)
      cross join lateral jsonb_each(a.steps) as s
      cross join lateral jsonb_to_record(s.value) as c (
        events bigint, entered bigint, issued bigint, completed bigint, failed bigint,
        cancelled bigint, first_at timestamptz, last_at timestamptz, first_error text
      )
      group by s.key
    ) as t
  );
end;
$function$;

comment on function noetl_internal.merge_step_counts(jsonb, jsonb)
is 'What is told of steps, with what later events tell of them.';
