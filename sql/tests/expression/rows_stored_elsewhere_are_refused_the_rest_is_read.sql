-- Of a large result SQL sees what rides in the event; reading the rows must not give "undefined".
begin;
select plan(9);
create function pg_temp.read(p_path text) returns jsonb language sql as $$
  select noetl_internal.read_path(p_path::text[], '{}', '{"a": {"first": "payload",
    "payload": {"row_count": 3, "command_0": {"row_count": 3}}, "envelope": {"ref": "r", "_rows": {"count": 3, "at": ["rows", "command_0.rows"]}}}}')
$$;
select is(pg_temp.read('{a,row_count}'), '3', 'what rides along');
select is(pg_temp.read('{a,command_0,row_count}'), '3', 'beside the rows too');
select is(pg_temp.read('{a,data,row_count}'), '3', 'through data too');
select is(pg_temp.read('{a,nothing}'), null, 'what is nowhere is undefined');
select is(pg_temp.read('{a,ref}'), '"r"', 'the envelope');
select throws_ok($$select pg_temp.read('{a,rows}')$$, 'NE464', null, 'the rows');
select throws_ok($$select pg_temp.read('{a,rows,0}')$$, 'NE464', null, 'one of them');
select throws_ok($$select pg_temp.read('{a,command_0}')$$, 'NE464', null, 'what holds them');
select throws_ok($$select pg_temp.read('{a}')$$, 'NE464', null, 'the whole payload');
select * from finish();
rollback;
