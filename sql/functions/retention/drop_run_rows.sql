-- Remove what is left of the state of a retired run, at most p_limit rows of each table; returns
-- how many rows.
create or replace function noetl_internal.drop_run_rows(
  p_execution_id bigint,
  p_limit integer
)
returns integer
language plpgsql volatile
as $function$
declare
  v_count integer;
begin
  with variables as (
    delete from noetl.variable as v
    where v.ctid = any(array(
      select k.ctid from noetl.variable as k where k.execution_id = p_execution_id limit p_limit
    ))
    returning 1
  ),
  signals as (
    delete from noetl.signal as s
    where s.ctid = any(array(
      select k.ctid from noetl.signal as k where k.execution_id = p_execution_id limit p_limit
    ))
    returning 1
  ),
  loops as (
    delete from noetl.loop as l
    where l.ctid = any(array(
      select k.ctid from noetl.loop as k where k.execution_id = p_execution_id limit p_limit
    ))
    returning 1
  ),
  tallies as (
    delete from noetl.loop_tally as t
    where t.ctid = any(array(
      select k.ctid from noetl.loop_tally as k where k.execution_id = p_execution_id limit p_limit
    ))
    returning 1
  ),
  chunks as (
    delete from noetl.collection_chunk as c
    where c.ctid = any(array(
      select k.ctid from noetl.collection_chunk as k
      where k.execution_id = p_execution_id
      limit p_limit
    ))
    returning 1
  )
  select
    (select count(*) from variables) + (select count(*) from signals)
    + (select count(*) from loops) + (select count(*) from tallies)
    + (select count(*) from chunks)
  into v_count;
  return v_count;
end;
$function$;

comment on function noetl_internal.drop_run_rows(bigint, integer)
is 'Remove what is left of the state of a retired run.';
