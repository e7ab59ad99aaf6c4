-- Whether a loop is being expanded, or reports have left items to be counted.
create or replace function noetl_internal.has_loop_work()
returns boolean
language plpgsql volatile
as $function$
begin
  return exists (select from noetl."loop" as l where l.status = 'expanding')
    or exists (select from noetl.loop_tally);
end;
$function$;

comment on function noetl_internal.has_loop_work()
is 'Whether a loop is being expanded, or reports have left items to be counted.';
