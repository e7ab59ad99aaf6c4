-- How many of p_count things each dispatcher that is alive may hold, so that all are held.
create or replace function noetl_internal.lease_share(p_count bigint)
returns integer
language plpgsql volatile
as $function$
begin
  return ceil(p_count / greatest(noetl_internal.live_dispatchers(), 1)::numeric);
end;
$function$;

comment on function noetl_internal.lease_share(bigint)
is 'How many of so many things each dispatcher that is alive may hold.';
