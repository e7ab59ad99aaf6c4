-- Put commands that were issued into the outbox, to be published, and wake who does it.
create or replace function noetl_internal.mark_publications(
  p_issued text [],
  p_drafts noetl_internal.draft []
)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.change (kind, execution_id, command_id)
  select 'publish', d.execution_id, d.command_id
  from unnest(p_drafts) as d
  where cardinality(p_issued) = cardinality(p_drafts) or d.command_id = any(p_issued);
  if found then
    perform pg_notify('noetl_publish', '');
  end if;
end;
$function$;

comment on function noetl_internal.mark_publications(text [], noetl_internal.draft [])
is 'Put commands that were issued into the outbox, to be published.';
