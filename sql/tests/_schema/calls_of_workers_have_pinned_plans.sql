-- A queue is empty when it is analysed and full a second later: without these settings a plan made
-- in between stays in the session and reads all of it (docs/decisions/pinned-plans.md).
begin;
select plan(2);

select is_empty(
  $$
    select p.proname
    from pg_proc as p
    where
      p.pronamespace = 'noetl'::regnamespace
      and has_function_privilege('noetl_worker', p.oid, 'execute')
      and not (p.proconfig @> '{enable_seqscan=off,jit=off}')
  $$,
  'what workers call runs without sequential scans and without compiling'
);
select is_empty(
  $$
    select p.proname, c.parts[1]
    from pg_proc as p
    cross join regexp_matches(p.prosrc, 'noetl(?:_internal)?\.(\w+)\(', 'g') as c (parts)
    where
      p.pronamespace = 'noetl_internal'::regnamespace
      and array_to_string(p.proconfig, ' ') ~ 'plan_cache_mode'
      and not exists (
        select from pg_proc as i
        join pg_language as l on l.oid = i.prolang
        where
          i.pronamespace = p.pronamespace and i.proname = c.parts[1]
          and (
            i.proconfig @> '{plan_cache_mode=force_generic_plan}'
            or l.lanname = 'sql' and i.proconfig is null
            -- One that is said to be immutable becomes a part only if its body is.
            and (i.provolatile <> 'i' or i.prosrc !~ 'jsonb_build_|to_jsonb|format\(')
          )
      )
  $$,
  'a function with a general plan calls nothing but what becomes a part of its statement or has one, too'
);

select * from finish();
rollback;
