-- The partitions of noetl.event and the execution ids that belong there, ascending: from low to
-- below high.
create or replace function noetl_internal.log_partitions()
returns table (partition regclass, low bigint, high bigint)
language plpgsql stable
as $function$
#variable_conflict use_column
begin
  return query
  select c.oid::regclass, b.bounds[1]::bigint, b.bounds[2]::bigint
  from pg_inherits as i
  inner join pg_class as c on c.oid = i.inhrelid
  cross join lateral regexp_match(
    pg_get_expr(c.relpartbound, c.oid), 'FROM \(''?(-?\d+)''?\) TO \(''?(-?\d+)''?\)'
  ) as b (bounds)
  where i.inhparent = 'noetl.event'::regclass
  order by 2;
end;
$function$;

comment on function noetl_internal.log_partitions()
is 'The partitions of noetl.event and the execution ids that belong there.';
