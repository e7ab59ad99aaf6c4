-- What a run passes on without a worker, as the signals that it waits for, costs it no place in
-- line: else a run that listens for long would be served after everybody.
begin;
select plan(5);
create function pg_temp.place(p_id bigint) returns bigint language sql stable as $$
  select max(c.place) from noetl.command as c where c.execution_id = p_id
$$;
select '{"step": "listen", "tool": {"kind": "wait", "signal": "s"}, "next": {"arcs": [
  {"step": "work", "when": "{{ listen.go == true }}"}, {"step": "listen"}
]}}' as listen \gset
select noetl_test.start(jsonb_build_array(:'listen'::jsonb, noetl_test.step('work'))) as x \gset
select count(noetl.signal_execution(:x, 's', '{"go": false}')) from generate_series(1, 20) \g /dev/null
select is(
  (select next_token_id from noetl.run where execution_id = :x), 22, 'twenty tokens that took no worker'
);
select noetl.signal_execution(:x, 's', '{"go": true}') \g /dev/null
select cmp_ok(
  pg_temp.place(:x), '<=', noetl_internal.served_place() + 1, 'it joins where a newcomer does'
);
select is(
  (select next_place from noetl.run where execution_id = :x), pg_temp.place(:x), 'and owes nothing'
);

-- Beside a branch that is in line.
select noetl_test.start(
  jsonb_build_array(
    '{"step": "s", "next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "b"}, {"step": "listen"}]}}'::jsonb,
    noetl_test.step('b'), :'listen'::jsonb, noetl_test.step('work')
  )
) as z \gset
select count(noetl.signal_execution(:z, 's', '{"go": false}')) from generate_series(1, 20) \g /dev/null
select noetl.signal_execution(:z, 's', '{"go": true}') \g /dev/null
select is((select count(*) from noetl.command where execution_id = :z), 2::bigint, 'two are in line');
select cmp_ok(
  pg_temp.place(:z), '<=', noetl_internal.served_place() + 2, 'the second as far behind as there are two'
);

select * from finish();
rollback;
