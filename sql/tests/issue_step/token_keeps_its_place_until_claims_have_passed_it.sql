-- A step's place in line is given to its token, so that branches stand in the order of their arcs;
-- who has waited for so long that claims are past that place stands in line anew.
begin;
select plan(5);
create function pg_temp.places(p_id bigint) returns bigint[] language sql stable as $$
  select array_agg(c.place order by c.token_id) from noetl.command as c where c.execution_id = p_id
$$;
select jsonb_build_array(
  noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}, {"step": "c"}]}}')
) as split \gset
select '{"spec": {"policy": {"admit": {"rules": [
  {"when": "{{ signals.open is defined }}", "then": {"allow": true}}, {"else": {"then": {"allow": false}}}
]}}}}' as closed \gset

select noetl_test.start(:'split'::jsonb || jsonb_build_array(noetl_test.step('a'), noetl_test.step('b'), noetl_test.step('c'))) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', c.execution_id, c.command_id) from noetl_test.claim(:'w') as c \g /dev/null
select pg_temp.places(:x) as p \gset
select is(cardinality(:'p'::bigint[]), 3, 'three branches');
select ok(place[1] < place[2] and place[2] < place[3], 'stand in the order of their arcs') from (select :'p'::bigint[] as place) as p;

select noetl_test.start(
  :'split'::jsonb || jsonb_build_array(noetl_test.step('a', :'closed'), noetl_test.step('b', :'closed'), noetl_test.step('c', :'closed'))
) as y \gset
select noetl_test.work(:y) \g /dev/null
select array_agg(t.place order by t.token_id) as waiting from noetl.token as t where t.execution_id = :y \gset
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('1', '{"next": {"arcs": [{"step": "2"}]}}'), noetl_test.step('2', '{"next": {"arcs": [{"step": "3"}]}}'),
    noetl_test.step('3', '{"next": {"arcs": [{"step": "4"}]}}'), noetl_test.step('4', '{"next": {"arcs": [{"step": "5"}]}}'),
    noetl_test.step('5')
  )
) as z \gset
select noetl_test.work(:z) \g /dev/null
select noetl_internal.served_place() as served \gset
select cmp_ok((:'waiting'::bigint[])[3], '<', :served::bigint, 'others are served meanwhile');
select noetl.signal_execution(:y, 'open') \g /dev/null
select noetl_test.tick() \g /dev/null
select pg_temp.places(:y) as p \gset
select cmp_ok((:'p'::bigint[])[1], '>', :served::bigint, 'nobody is let in before them for having waited');
select ok(place[1] < place[2] and place[2] < place[3], 'one behind another') from (select :'p'::bigint[] as place) as p;

select * from finish();
rollback;
