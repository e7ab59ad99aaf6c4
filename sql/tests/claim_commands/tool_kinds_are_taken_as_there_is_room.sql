-- P4.3-1: a worker whose only duckdb slot is at work must not hold up what others could do.
begin;
select plan(13);
select noetl_test.start($$[
  {"step": "s", "tool": {"kind": "noop"}, "next": {"spec": {"mode": "inclusive"}, "arcs": [
    {"step": "d1"}, {"step": "d2"}, {"step": "dp"}, {"step": "p1"}, {"step": "n1"}]}},
  {"step": "d1", "tool": {"kind": "duckdb", "query": "select 1"}},
  {"step": "d2", "tool": {"kind": "duckdb", "query": "select 1"}},
  {"step": "dp", "tool": [{"a": {"kind": "python", "code": "result = 1"}}, {"b": {"kind": "duckdb", "query": "select 1"}}]},
  {"step": "p1", "tool": {"kind": "python", "code": "result = 1"}},
  {"step": "n1", "tool": {"kind": "noop"}}
]$$) as x \gset
select noetl_test.worker('robot kinds') as r \gset
select command_id as first from noetl_test.claim(:'r') \gset
select noetl_test.report(:'r', :x, :'first') \g /dev/null
create function pg_temp.claim(p_room jsonb, p_limit integer default 10)
returns text language sql volatile as $$
  with session as materialized (select noetl_test.worker('w' || coalesce(md5(p_room::text), '')) as id),
  claimed as materialized (
    select c.step, s.id, c.command_id
    from session as s, noetl.claim_commands(s.id, gen_random_uuid(), p_limit, null, p_room) as c
  )
  select string_agg(c.step, ' ' order by c.step) from claimed as c
$$;
create function pg_temp.back() returns void language sql volatile as $$
  select noetl.release_commands(s.session_id, array(select command_id from noetl.command where session_id = s.session_id))
  from noetl.runtime as s where s.status = 'active'
$$;

select is(pg_temp.claim('{"duckdb": 0}'), 'n1 p1', 'no room for a kind: steps with it are passed over');
select pg_temp.back() \g /dev/null
select is(pg_temp.claim('{"duckdb": 0}', 1) in ('n1', 'p1'), true, 'also when they are first in line');
select pg_temp.back() \g /dev/null
select is((select count(*)::integer from regexp_matches(pg_temp.claim('{"duckdb": 1}'), 'd1|d2|dp', 'g')), 1, 'room for one: one');
select pg_temp.back() \g /dev/null
select is(pg_temp.claim('{"duckdb": 2, "python": 0}'), 'd1 d2 n1', 'all kinds of a step need room');
select pg_temp.back() \g /dev/null
select is(pg_temp.claim('{"python": 9, "*": 0}'), 'p1', 'a worker that serves one kind only');
select pg_temp.back() \g /dev/null
select is(pg_temp.claim('{"noop": 0}'), 'd1 d2 dp p1', 'kinds that are not named have room');
select pg_temp.back() \g /dev/null
select is(pg_temp.claim(null), 'd1 d2 dp n1 p1', 'who says nothing takes all');
select pg_temp.back() \g /dev/null

select noetl_test.worker('w') as w \gset
select gen_random_uuid() as request \gset
select is(
  (select count(*)::integer from noetl.claim_commands(:'w', :'request', 10, null, '{"duckdb": 1, "python": 1}')),
  (select count(*)::integer from noetl.claim_commands(:'w', :'request', 10, null, '{"duckdb": 0, "python": 0}')),
  'a repeated request gives the same rows, whatever room there is now'
);
select noetl_test.start($$[{"step": "many", "loop": {"in": [1, 2, 3], "iterator": "i"},
  "spec": {"loop_mode": "fanout"}, "tool": {"kind": "shell", "command": "true"}}]$$) as y \gset
select noetl_test.tick() \g /dev/null
select is(
  jsonb_array_length(noetl.exchange(:'w', '[]', gen_random_uuid(), 10, null, '{"*": 0, "shell": 2}') -> 'commands'), 2,
  'exchange does the same, also for the items of one loop'
);
select throws_ok(
  format('select noetl.claim_commands(%L, %L, 1, null, %L)', :'w', gen_random_uuid(), bad), 'NE422', null, bad || ' is no room'
)
from unnest(array['[]', '{"a": -1}', '{"a": "1"}', '{"a": {}}']) as bad;

select * from finish();
rollback;
