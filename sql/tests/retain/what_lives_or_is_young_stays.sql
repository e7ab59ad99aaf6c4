-- A run that lives needs its events, and so does whoever can still be taken up again by a parent.
begin;
select plan(12);
select noetl_test.retain_alone() \g /dev/null
update noetl.setting set value = '30' where name = 'retention_days';
create temporary table runs (name text, id bigint);
create function pg_temp.retired() returns text language sql volatile as $$
  select string_agg(r.name, ' ' order by r.name)
  from pg_temp.runs as r inner join noetl.manifest as m on m.execution_id = r.id and m.kind <> 'rows'
$$;
create function pg_temp.retain(p_at timestamptz) returns text language plpgsql volatile as $$
begin
  perform set_config('noetl.test_now', p_at::text, true);
  while (select done from noetl.retain()) > 0 loop
  end loop;
  perform set_config('noetl.test_now', '', true);
  return pg_temp.retired();
end;
$$;
insert into runs values ('parent', noetl_test.start(jsonb_build_array(noetl_test.step('p'))));
select id as parent from runs where name = 'parent' \gset
select noetl_test.playbook(jsonb_build_array(noetl_test.step('c'))) as path \gset
select noetl_test.worker() as w \gset
select command_id as command from noetl_test.claim(:'w') where step = 'p' \gset
insert into runs
select n, noetl.start_execution(:'path', '{}', jsonb_build_object(
  'parent_execution_id', :parent, 'parent_command_id', :'command', 'session', :'w', 'idempotency_key', n
))
from unnest(array['child', 'orphan']) as n;
select id as child from runs where name = 'child' \gset
select id as orphan from runs where name = 'orphan' \gset
select command_id as c from noetl_test.claim(:'w') where execution_id = :child \gset
select noetl_test.claim(:'w') \g /dev/null
insert into runs values ('live', noetl_test.start(jsonb_build_array(noetl_test.step('a'))));
select is((noetl_test.report(:'w', :child, :'c') ->> 'recorded')::integer, 1, 'a child ends');
select noetl_test.tick() \g /dev/null
select clock_timestamp() + interval '30 days 1 second' as later \gset
select is(pg_temp.retain(:'later'), null, 'its parent lives: it stays, as long as that may be');
select is((select status from noetl.execution_status(:child)), 'completed', 'and says how it ended');

select is((noetl_test.report(:'w', :parent, :'command') ->> 'recorded')::integer, 1, 'the parent ends before its other child');
select is(pg_temp.retain(clock_timestamp() + interval '29 days 23 hours'), null, 'before its time nothing goes');
select clock_timestamp() + interval '30 days 1 second' as later \gset
select is(pg_temp.retain(:'later'), null, 'and none whose child lives');
select noetl.cancel_execution(:orphan) \g /dev/null
select noetl_test.tick() \g /dev/null
select clock_timestamp() + interval '30 days 1 second' as later \gset
select is(pg_temp.retain(:'later'), 'child orphan parent', 'then the parent goes, and its children after it');
select is((select status from noetl.execution_status(:orphan)), 'cancelled', 'each is told of');
select is((select parent_execution_id from noetl.execution_status(:child)), :parent::bigint, 'with whose child it was');

select is(noetl_test.work((select id from runs where name = 'live')), 'completed', 'the live run ends well');
update noetl.setting set value = '0' where name = 'retention_days';
select is(pg_temp.retain('2130-01-01'), 'child orphan parent', 'without a retention nothing goes, ever');
update noetl.setting set value = '30' where name = 'retention_days';
select clock_timestamp() + interval '30 days 1 second' as later \gset
select is(pg_temp.retain(:'later'), 'child live orphan parent', 'with one it does');

select * from finish();
rollback;
