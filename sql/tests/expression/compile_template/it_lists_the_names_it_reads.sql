-- Only the listed names are loaded: one that is missing here would read as undefined.
begin;
select plan(4);

select is(
  noetl_internal.compile_template('"{{ ctx.day }} {{ fetch.rows[n] }}"') -> 'names',
  '[["ctx", "day"], ["fetch", "rows"], ["n"]]', 'a name with its first static attribute'
);
select is(
  noetl_internal.compile_template('["{{ workload }}", "{{ workload.a }}"]') -> 'names',
  '[["workload"]]', 'a name read whole covers its attributes'
);
select is(
  noetl_internal.compile_template('"{{ workload[k] }}"') -> 'names',
  '[["k"], ["workload"]]', 'a dynamic attribute reads the whole'
);
select is(
  noetl_internal.compile_template('{"a": [1, "x"]}'),
  '{"node": {"a": [1, "x"]}, "names": []}', 'a document without templates is itself'
);

select * from finish();
rollback;
