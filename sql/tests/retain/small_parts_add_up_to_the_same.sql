-- A run of a million items is summarised in many transactions: none is too long, and a kill between
-- two of them loses nothing and counts nothing twice.
begin;
select plan(7);
select noetl_test.retain_alone() \g /dev/null
create function pg_temp.one() returns bigint language plpgsql volatile as $$
declare
  v_run bigint := noetl_test.start(
    jsonb_build_array(
      noetl_test.step(
        'many',
        jsonb_build_object('loop', noetl_test.loop(30), 'spec', '{"loop_mode": "fanout"}'::jsonb, 'next', noetl_test.next('end'))
      ),
      noetl_test.step('end')
    )
  );
begin
  perform noetl_test.work(v_run);
  return v_run;
end;
$$;
create function pg_temp.summary(p_run bigint) returns jsonb language sql volatile as $$
  select jsonb_build_object('kind', m.kind, 'events', m.summary -> 'events', 'steps', (
    select jsonb_object_agg(s.key, s.value - array['first_at', 'last_at']) from jsonb_each(m.summary -> 'steps') as s
  ))
  from noetl.manifest as m where m.execution_id = p_run and m.kind <> 'rows'
$$;
select pg_temp.one() as x \gset
select is(noetl_test.retain(30), 1::bigint, 'one at once');
set local noetl.test_now = '';
select pg_temp.one() as y \gset
select count(*) as events from noetl.event where execution_id = :y \gset
select is(noetl_test.retain(30, 7), 1::bigint, 'another in parts of seven events');
select is(pg_temp.summary(:y), pg_temp.summary(:x), 'the same is kept of both');
select is((select summary ->> 'read_to' from noetl.manifest where execution_id = :y), null, 'and nothing of the way there');
select is(
  (select (summary #> '{steps,many}') - array['first_at', 'last_at', 'events'] from noetl.manifest where execution_id = :y),
  '{"entered": 1, "issued": 30, "completed": 30, "failed": 0, "cancelled": 0, "first_error": null}', 'which is what was'
);
select cmp_ok(:events, '>', 60, 'it took more than a few parts');
select is((select done from noetl.retain()), 0, 'once more: nothing');

select * from finish();
rollback;
