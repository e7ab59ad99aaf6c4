-- Two days without anybody who ticks: a nightly job must not run twice in a row unless asked to.
begin;
select plan(11);
set local noetl.test_now = '2026-07-01 12:00:00+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.put_schedule(p, :'path', '0 3 * * *', 'UTC', '{}', jsonb_build_object('missed', p))
from unnest('{skip,once,all}'::text[]) as p;
-- The times that a schedule's runs were for.
create function pg_temp.fired(p_name text) returns text language sql as $$
  select string_agg(split_part(k.idempotency_key, ':', 3), ' ' order by k.idempotency_key)
  from noetl.start_key as k where k.idempotency_key like 'schedule:' || p_name || ':%'
$$;

set local noetl.test_now = '2026-07-04 09:00:00+00';
select is(noetl.fire_schedules(), 3, 'three have missed their times');
select is(pg_temp.fired('all'), '2026-07-02T03', 'all: one per pass');
select is(noetl.fire_schedules(), 1, 'the next one');
select is(noetl.fire_schedules(), 1, 'and the next');
select is(noetl.fire_schedules(), 0, 'until it has caught up');
select is(pg_temp.fired('all'), '2026-07-02T03 2026-07-03T03 2026-07-04T03', 'each one was made up for');
select is(pg_temp.fired('once'), '2026-07-04T03', 'once: one run, for the last of them');
select is(pg_temp.fired('skip'), null, 'skip: none');
select results_eq(
  'select distinct next_at from noetl.schedule',
  $$ values ('2026-07-05 03:00:00+00'::timestamptz) $$, 'then all wait for the next time'
);

set local noetl.test_now = '2026-07-05 03:01:00+00';
select noetl.fire_schedules();
select is(pg_temp.fired('skip'), '2026-07-05T03', 'a minute late is not missed');
set local noetl.test_now = '2026-07-06 03:01:01+00';
select noetl.fire_schedules();
select is(pg_temp.fired('skip'), '2026-07-05T03', 'more than schedule_grace_seconds is');

select * from finish();
rollback;
