-- A tier may only be added: rows of before stay what they are.
begin;
select plan(3);
create function pg_temp.write(p_tier text) returns text language sql as $$
  select format(
    'insert into noetl.result_ref (ref, execution_id, name, store_tier, physical_uri, content_type, bytes, sha256, created_at)'
    ' values (%L, 1, %L, %L, %s, %L, 1, %L, now())', 'noetl://1/result/' || p_tier, p_tier, p_tier,
    case when p_tier = 'db' then 'null' else '''x://y''' end, 'application/json', repeat('0', 64)
  )
$$;
select lives_ok(
  (select string_agg(pg_temp.write(t), ';') from unnest(array['memory', 'kv', 'object', 's3', 'gcs', 'db', 'duckdb', 'eventlog', 'minio', 'pvc']) as t),
  'P1.3-1: minio and pvc are tiers beside the older ones'
);
select throws_ok(pg_temp.write('floppy'), '23514', null, 'P1.3-1: nothing else is');
select is((select count(*) from noetl.result_ref where execution_id = 1), 10::bigint, 'P1.3-1: older rows are unaffected');
select * from finish();
rollback;
