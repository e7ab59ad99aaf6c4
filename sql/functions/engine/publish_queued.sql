-- Put the queued commands of a run into the outbox, to be published, while somebody publishes: they
-- were issued earlier and have become ready since, or their entries may be lost.
create or replace function noetl_internal.publish_queued(p_execution_id bigint)
returns void
language plpgsql volatile
as $function$
begin
  if not noetl_internal.is_publishing() then
    return;
  end if;
  insert into noetl.change (kind, execution_id, command_id)
  select 'publish', c.execution_id, c.command_id
  from noetl.command as c
  where c.execution_id = p_execution_id and c.status = 'queued'
  order by c.place, c.command_id;
  perform pg_notify('noetl_publish', '');
end;
$function$;

comment on function noetl_internal.publish_queued(bigint)
is 'Put the queued commands of a run into the outbox, to be published.';
