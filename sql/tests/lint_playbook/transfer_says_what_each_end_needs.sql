-- A transfer that cannot run is found at registration, and its credentials are known at its start.
begin;
select plan(8);
create function pg_temp.document(p_tool jsonb) returns jsonb language sql as $$
  select jsonb_build_object(
    'apiVersion', 'noetl.io/v2', 'kind', 'Playbook', 'metadata', '{"name": "n"}'::jsonb,
    'workflow', jsonb_build_array('{"step": "w"}' || jsonb_build_object('tool', p_tool))
  )
$$;
create function pg_temp.found(p_source jsonb, p_target jsonb, p_more jsonb default '{}')
returns text language sql as $$
  select string_agg(l.path || ': ' || l.message, '; ' order by l.path)
  from noetl.lint_playbook(pg_temp.document(
    '{"kind": "transfer"}' || jsonb_build_object('source', p_source, 'target', p_target) || p_more
  )) as l where l.severity = 'error'
$$;
select is(
  pg_temp.found('{"type": "duckdb", "query": "select 1"}', '{"type": "store"}'), null, 'all is said'
);
select is(
  pg_temp.found('"{{ workload.from }}"', '"{{ workload.to }}"', '{"mode": "upsert"}'), null,
  'what templates say is not known'
);
select is(
  pg_temp.found('{"type": "{{ workload.type }}"}', '{"type": "store"}'), null, 'nor is a type'
);
select is(
  pg_temp.found('{"type": "duckdb"}', '{"type": "duckdb"}'),
  'workflow[0].tool.source: a source duckdb needs "query" or "table"; '
  'workflow[0].tool.target: a target duckdb needs "database"; '
  'workflow[0].tool.target: a target duckdb needs "table"', 'what a database needs'
);
select is(
  pg_temp.found('{"type": "http"}', '{"type": "s3"}'),
  'workflow[0].tool.source: a source http needs "url" or "endpoint"; '
  'workflow[0].tool.target: a target s3 needs "uri"', 'what others need'
);
select is(
  pg_temp.found(
    '{"type": "ref", "ref": "r"}', '{"type": "postgres", "table": "t"}', '{"mode": "upsert"}'
  ),
  'workflow[0].tool.mode: an upsert needs a table and target.key', 'a merge without a key'
);
select is(
  pg_temp.found(
    '{"type": "ref", "ref": "r"}', '{"type": "postgres", "table": "t", "key": "id"}',
    '{"spec": {"mode": "upsert"}}'
  ),
  null, 'options may stand under spec'
);
select noetl.register_playbook(pg_temp.document(
  '{"kind": "transfer", "source": {"type": "postgres", "auth": "one", "table": "t"},
    "target": {"type": "s3", "auth": {"source": "x", "key": "two"}, "uri": "s3://b/x.csv"}}'
));
select is(
  (select c.compiled -> 'credentials' from noetl.catalog as c), '["one", "two"]',
  'both credentials are known before it runs'
);

select * from finish();
rollback;
