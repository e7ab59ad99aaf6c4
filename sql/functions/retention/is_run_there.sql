-- Whether a run is there that began in a week of the log: from p_low to below p_high.
create or replace function noetl_internal.is_run_there(
  p_low bigint,
  p_high bigint
)
returns boolean
language plpgsql stable
as $function$
begin
  return exists (
    select from noetl.run as r where r.execution_id >= p_low and r.execution_id < p_high
  );
end;
$function$;

comment on function noetl_internal.is_run_there(bigint, bigint)
is 'Whether a run is there that began in a week of the log.';
