-- Record the chunks of one run, whose fence own_chunks has checked, and move the run on. How many
-- were new; those that are refused, as record_events answers them; and how far each stream is now.
-- A run that ends takes none.
-- Locks: the run row.
create or replace function noetl_internal.record_chunks(
  p_execution_id bigint,
  p_chunks noetl_internal.outcome [],
  out recorded integer,
  out rejected jsonb,
  out streams jsonb
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_chunk noetl_internal.outcome;
  v_message text;
  v_code text;
begin
  recorded := 0;
  rejected := jsonb_build_array();
  streams := jsonb_build_object();
  if p_chunks = '{}' then
    return;
  end if;
  perform 1 from noetl.run as r
  where r.execution_id = p_execution_id and r.status in ('running', 'waiting')
  for no key update;
  if found then
    -- A row loop, because each chunk needs its own error handler; bounded by the batch.
    foreach v_chunk in array p_chunks loop
      begin
        recorded := recorded + noetl_internal.record_chunk(v_chunk)::integer;
      exception
        when unique_violation then
          null;  -- recorded before
        when sqlstate 'NE422' or sqlstate 'NE461' or sqlstate 'NE462' or sqlstate 'NE463'
          or sqlstate 'NE464' or check_violation then
          get stacked diagnostics v_message = message_text, v_code = returned_sqlstate;
          rejected := rejected || jsonb_build_object(
            'index', v_chunk.position, 'sqlstate', v_code, 'message', v_message
          );
      end;
    end loop;
  end if;
  if recorded > 0 then
    perform noetl_internal.advance_run(p_execution_id);
    perform noetl_internal.mark_change('dirty', p_execution_id);
  end if;
  select
    jsonb_object_agg(
      c.command_id,
      noetl_internal.stream_of(c.execution_id, c.catalog_id, c.token_id, c.step)
    )
  into streams
  from (select distinct on (u.command_id) u.* from unnest(p_chunks) as u) as c;
end;
$function$;

comment on function noetl_internal.record_chunks(bigint, noetl_internal.outcome [])
is 'Record the chunks of one run and move the run on.';
