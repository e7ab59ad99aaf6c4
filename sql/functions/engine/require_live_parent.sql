-- Refuse to take up a child whose parent has ended: it would be cancelled at once (cancel_orphan).
-- Raises: NE422.
create or replace function noetl_internal.require_live_parent(p_execution_id bigint)
returns void
language plpgsql stable
as $function$
declare
  v_parent_id bigint;
begin
  select r.parent_execution_id into v_parent_id
  from noetl.run as r
  where
    r.execution_id = p_execution_id
    and r.status in ('failed', 'cancelled')
    and r.parent_execution_id is not null
    and not exists (
      select from noetl.run as p
      where p.execution_id = r.parent_execution_id and p.status in ('running', 'waiting')
    );
  if found then
    raise exception 'execution % is a child of execution %, which has ended',
      p_execution_id, v_parent_id
    using
      errcode = 'NE422',
      hint = format('Retry the parent, which takes it up again: noetl retry %s', v_parent_id);
  end if;
end;
$function$;

comment on function noetl_internal.require_live_parent(bigint)
is 'Refuse to take up a child whose parent has ended.';
