-- Refuse what needs the events of an execution when they are gone, or going.
-- Raises: NE412.
create or replace function noetl_internal.require_not_retired(p_execution_id bigint)
returns void
language plpgsql stable
as $function$
declare
  v_retired_at timestamptz;
begin
  select m.created_at into v_retired_at
  from noetl.manifest as m
  where m.execution_id = p_execution_id and m.kind <> 'rows';
  if found then
    raise exception 'execution % was retired on %: its events were removed',
      p_execution_id, to_char(v_retired_at at time zone 'UTC', 'YYYY-MM-DD')
    using
      errcode = 'NE412',
      hint = 'noetl status, noetl trace and noetl result ls tell what is kept of it.';
  end if;
end;
$function$;

comment on function noetl_internal.require_not_retired(bigint)
is 'Refuse what needs the events of a retired execution.';
