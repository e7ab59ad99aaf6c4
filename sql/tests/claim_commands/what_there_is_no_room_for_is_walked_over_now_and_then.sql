-- A worker whose only duckdb slot is at work must not read a long queue of duckdb steps at each claim.
begin;
select plan(16);
select noetl_test.start($$[{"step": "s", "tool": {"kind": "noop"}}, {"step": "d", "tool": {"kind": "duckdb", "query": "select 1"}}]$$) as x \gset
select noetl_test.worker('w', array['walked ' || pg_backend_pid()]) as w \gset
select noetl_internal.served_place() as base \gset
set local noetl.base = :base;
create function pg_temp.queue(p_x bigint, p_step text, p_first integer, p_last integer, p_priority integer default 5) returns void language sql as $$
  insert into noetl.command (execution_id, command_id, catalog_id, token_id, step, task, issue, infra_attempt, shard_attempt,
    max_attempts, pool, priority, place, context_version, status)
  select p_x, concat('t', n), r.catalog_id, 1, p_step, 'run', 1, 1, 1, 3, 'walked ' || pg_backend_pid(), p_priority, n + current_setting('noetl.base')::bigint, 1, 'queued'
  from noetl.run as r cross join generate_series(p_first, p_last) as n where r.execution_id = p_x
$$;
create function pg_temp.claim(p_session uuid, p_room jsonb, p_limit integer default 10) returns text language sql volatile as $$
  select string_agg(c.command_id, ' ' order by c.command_id) from noetl.claim_commands(p_session, gen_random_uuid(), p_limit, null, p_room) as c
$$;
create function pg_temp.blocks_read(p_session uuid, p_room jsonb) returns bigint language plpgsql volatile as $$
declare
  v_before bigint := pg_stat_get_xact_blocks_fetched('noetl.command'::regclass);
begin
  perform pg_temp.claim(p_session, p_room);
  return pg_stat_get_xact_blocks_fetched('noetl.command'::regclass) - v_before;
end;
$$;
create function pg_temp.passed(p_session uuid) returns jsonb language sql volatile as $$
  select s.passed from noetl.runtime as s where s.session_id = p_session
$$;
create function pg_temp.until(p_session uuid, p_days integer) returns void language sql volatile as $$
  update noetl.runtime as s
  set passed = s.passed || jsonb_build_object('until', (extract(epoch from clock_timestamp()) * 1000)::bigint + p_days * 86400000)
  where s.session_id = p_session
$$;
select pg_temp.queue(:x, 'd', 1001, 1100) \g /dev/null
select pg_temp.queue(:x, 's', 1101, 1101) \g /dev/null
select is(pg_temp.claim(:'w', '{"duckdb": 0}'), 't1101', 'after a short walk');
select is(pg_temp.passed(:'w'), null, 'nothing is remembered');

select pg_temp.queue(:x, 'd', 10000, 25999) \g /dev/null
select pg_temp.queue(:x, 's', 26000, 26002) \g /dev/null
select is(pg_temp.claim(:'w', '{"duckdb": 0}', 1), 't26000', 'after a long one');
select ok(pg_temp.passed(:'w') -> 'open' = '{"duckdb": false}', 'it is');
select pg_temp.until(:'w', 1) \g /dev/null
select is(pg_temp.claim(:'w', '{"duckdb": 0}', 1), 't26001', 'the next claim');
select cmp_ok(pg_temp.blocks_read(:'w', '{"duckdb": 0}'), '<', 20::bigint, 'begins where that one came to');
select pg_temp.queue(:x, 's', 1102, 1102) \g /dev/null
select is(pg_temp.claim(:'w', '{"duckdb": 0}'), null, 'what is queued below meanwhile');
select pg_temp.until(:'w', -1) \g /dev/null
select is(pg_temp.claim(:'w', '{"duckdb": 0}'), 't1102', 'is found when it is over');
select ok(pg_temp.passed(:'w') #>> array['places', concat('5walked ', pg_backend_pid())] = (:base + 1102)::text, 'which is remembered as well');
select pg_temp.until(:'w', 1) \g /dev/null
select is(pg_temp.claim(:'w', '{"duckdb": 1}'), 't1001', 'room for another kind: from the beginning');
select is(pg_temp.claim(:'w', '{"duckdb": 0, "python": 0}'), null, 'less room too: nothing fits');
select pg_temp.until(:'w', 1) \g /dev/null
select pg_temp.queue(:x, 's', 26003, 26003) \g /dev/null
select is(pg_temp.claim(:'w', '{"duckdb": 0, "python": 0}'), 't26003', 'what comes behind is found');
select pg_temp.queue(:x, 's', 1, 1, 9) \g /dev/null
select is(pg_temp.claim(:'w', '{"duckdb": 0, "python": 0}'), 't1', 'and what has a higher priority');

select pg_temp.queue(:x, 'd', 30000, 45999, 9) \g /dev/null
select pg_temp.queue(:x, 's', 46000, 46000, 9) \g /dev/null
select pg_temp.queue(:x, 's', 1103, 1103) \g /dev/null
select is(pg_temp.claim(:'w', '{"duckdb": 0}', 1), 't46000', 'a claim that has enough');
select pg_temp.until(:'w', 1) \g /dev/null
select is(pg_temp.claim(:'w', '{"duckdb": 0}'), 't1103', 'remembers nothing of what it did not look at');

select pg_temp.queue(:x, 'd', 2, 3) \g /dev/null
update noetl.command as c set task = 'collect' where c.execution_id = :x and c.command_id in ('t2', 't3');
select is(pg_temp.claim(:'w', '{"*": 0}'), 't2 t3', 'what runs no tool needs no room');
delete from noetl.command as c where c.execution_id = :x and c.command_id like 't%';
delete from noetl.event as e where e.execution_id = :x and e.meta ->> 'command_id' like 't%';
select * from finish();
rollback;
