-- Whether commands are published as they are issued: a dispatcher that can is alive. A register,
-- not a look at noetl.runtime: it is asked with each batch of commands.
create or replace function noetl_internal.is_publishing()
returns boolean
language plpgsql volatile
as $function$
begin
  return (select p.last_value > noetl_internal.clock_ms() from noetl.publishing_until as p);
end;
$function$;

comment on function noetl_internal.is_publishing()
is 'Whether commands are published as they are issued.';
