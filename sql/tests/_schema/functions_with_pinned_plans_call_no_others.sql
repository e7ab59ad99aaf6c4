-- What they call would be planned under their settings too, and keep that plan in the session: a
-- sequence read without sequential scans costs 10^10 and is compiled just in time, at each call.
begin;
select plan(2);

create temporary table pinned as
select p.proname, p.prosrc, p.proconfig
from pg_proc as p
where
  p.pronamespace in ('noetl'::regnamespace, 'noetl_internal'::regnamespace)
  and exists (
    select from unnest(p.proconfig) as c where c ~ '^(enable_|plan_cache_mode)'
  );
select set_eq(
  'select proname from pinned',
  $$ values ('finish_commands'::name), ('lease_commands'), ('is_advance_due') $$,
  'these functions have pinned plans'
);
select is_empty(
  $$
    select p.proname, c.parts[1]
    from pinned as p
    cross join regexp_matches(p.prosrc, 'noetl(?:_internal)?\.(\w+)\(', 'g') as c (parts)
    where c.parts[1] <> 'clock_now'
  $$,
  'they call nothing but the clock, which is inlined'
);

select * from finish();
rollback;
