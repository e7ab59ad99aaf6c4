-- Whether commands are published as they are issued: a dispatcher that can is alive. A register,
-- not a look at noetl.runtime: it is asked with each batch of commands.
create or replace function noetl_internal.is_publishing()
returns boolean
language plpgsql volatile
as $function$
begin
  -- As served_place.
  return coalesce(pg_sequence_last_value('noetl.publishing_until'), 0) > noetl_internal.clock_ms();
end;
$function$;

comment on function noetl_internal.is_publishing()
is 'Whether commands are published as they are issued.';
