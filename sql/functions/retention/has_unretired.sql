-- Whether a partition of the log has to stay: a run that began in its time is there still, or its
-- events may tell of an execution that is not retired (check_week was not through).
create or replace function noetl_internal.has_unretired(
  p_low bigint,
  p_high bigint
)
returns boolean
language plpgsql volatile
as $function$
begin
  return noetl_internal.is_run_there(p_low, p_high)
    or not exists (
      select from noetl.trim_mark as t where t.low = p_low and t.retired_to = p_high
    );
end;
$function$;

comment on function noetl_internal.has_unretired(bigint, bigint)
is 'Whether a partition of the log has to stay.';
