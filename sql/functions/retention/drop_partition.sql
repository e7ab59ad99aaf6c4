-- Drop a partition of the log of which nothing has to stay. False when something has, or somebody
-- uses it, or the log, for longer than lock_timeout: those who come meanwhile wait for no longer.
-- Locks: the partition of the log against writers, then noetl.event and the partition exclusively;
-- one maintainer of partitions at a time, tried.
create or replace function noetl_internal.drop_partition(
  p_partition regclass,
  p_low bigint,
  p_high bigint
)
returns boolean
language plpgsql volatile
set lock_timeout = '100ms'
as $function$
begin
  if not pg_try_advisory_xact_lock(noetl_internal.lock_key('partitions', 0)) then
    return false;
  end if;
  begin
    -- Nobody can write there from here on, and whoever has is waited for: the look that follows
    -- sees it: who begins an execution makes its run.
    execute format('lock table %s in share mode', p_partition);
    if noetl_internal.has_unretired(p_low, p_high) then
      return false;
    end if;
    execute format('drop table %s', p_partition);
    delete from noetl.trim_mark as t where t.low = p_low;
    return true;
  exception
    when lock_not_available or deadlock_detected then
      return false;
  end;
end;
$function$;

comment on function noetl_internal.drop_partition(regclass, bigint, bigint)
is 'Drop a partition of the log of which nothing has to stay.';
