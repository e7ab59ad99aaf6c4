-- End the waits of a run whose time has come.
-- Locks: the run row.
create or replace function noetl_internal.end_due_waits(p_execution_id bigint)
returns void
language plpgsql volatile
as $function$
declare
  v_catalog_id bigint;
  v_token noetl.token;
begin
  select r.catalog_id into v_catalog_id from noetl.run as r
  where r.execution_id = p_execution_id and r.status in ('running', 'waiting')
  for no key update;
  -- A row loop over tokens, because each routes on; bounded by the tokens of the run.
  for v_token in
    select t.* from noetl.token as t
    where
      v_catalog_id is not null
      and t.execution_id = p_execution_id
      and t.wake_at <= noetl_internal.clock_now()
    order by t.token_id
  loop
    perform noetl_internal.end_wait(v_catalog_id, v_token, null);
  end loop;
end;
$function$;

comment on function noetl_internal.end_due_waits(bigint)
is 'End the waits of a run whose time has come.';
