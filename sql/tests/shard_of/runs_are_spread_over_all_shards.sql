-- A shard with twice as many runs as another is late while its neighbours idle; and an index holds
-- the shard of each run, so that it may never change.
begin;
select plan(4);
create function pg_temp.spread(p_step bigint) returns text language sql stable as $$
  select format('%s: %s to %s', count(*), min(n), max(n))
  from (
    select count(*) as n
    from generate_series(0, 1599) as g
    group by noetl_internal.shard_of((1000000000::bigint << 22 | 5) + g * p_step)
  ) as s
$$;
select is(
  array(select noetl_internal.shard_of(i) from unnest('{0,1,2,3,4,279223176896970752,279223176896970753,9223372036854775807}'::bigint []) as i),
  '{0,9,3,13,7,0,9,0}', 'the shard of a run is what it always was'
);
select is(pg_temp.spread(1), '16: 97 to 103', 'runs started in one millisecond');
select is(pg_temp.spread(2), '16: 97 to 103', 'every other one, as where parents start children');
select is(pg_temp.spread(4194304), '16: 99 to 101', 'one each millisecond');

select * from finish();
rollback;
