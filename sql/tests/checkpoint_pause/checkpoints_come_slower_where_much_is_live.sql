-- A checkpoint looks at all that is live in its shard: a hundred thousand waiting runs must not keep a core busy.
begin;
select plan(7);
select noetl_test.dispatch_alone() \g /dev/null
select is(noetl_internal.checkpoint_pause(format('{"runs": %s, "loops": %s}', r, l)::jsonb), p::interval, format('%s runs and %s loops', r, l))
from (values (0, 0, '1 s'), (1000, 500, '1 s'), (6250, 0, '4 s'), (1000000, 1000000, '1 min')) as v (r, l, p);

set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_internal.shard_of(:x) as shard \gset
select noetl_test.tick() \g /dev/null
update noetl.checkpoint set state = state || '{"runs": 6250, "loops": 0}' where shard = :shard;
create function pg_temp.checkpoint_at(p_now timestamptz, p_run bigint) returns timestamptz language plpgsql as $$
begin
  perform set_config('noetl.test_now', p_now::text, true);
  perform noetl_internal.mark_change('dirty', p_run), noetl_test.tick();
  return (select c.checkpoint_at from noetl.checkpoint as c where c.shard = noetl_internal.shard_of(p_run));
end;
$$;
select is(pg_temp.checkpoint_at('2030-01-01 00:00:03+00', :x), '2030-01-01 00:00:00+00', 'none before the pause is over');
select is(
  (select d.due_at from noetl_internal.due_shards(null, noetl_internal.clock_now()) as d where d.shard = :shard), '2030-01-01 00:00:04+00',
  'whoever ticks is told when'
);
select is(pg_temp.checkpoint_at('2030-01-01 00:00:04+00', :x), '2030-01-01 00:00:04+00', 'then one');
select * from finish();
rollback;
