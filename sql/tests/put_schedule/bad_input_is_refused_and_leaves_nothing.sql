-- What cannot work is told when it is put, not found in the night when nothing ran.
begin;
select plan(18);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
create function pg_temp.refused(p_code text, p_why text, variadic p_arguments text []) returns text
language sql as $$
  select throws_ok(
    format(
      'select * from noetl.put_schedule(%s)',
      (select string_agg(quote_nullable(a), ', ') from unnest(p_arguments) as a)
    ),
    p_code, null, p_why
  )
$$;

create function pg_temp.detail(p_path text, p_zone text) returns jsonb language plpgsql as $$
declare
  v_detail text;
begin
  perform noetl.put_schedule('x', p_path, '@daily', p_zone);
  return null;
exception when sqlstate 'NE422' then
  get stacked diagnostics v_detail = pg_exception_detail;
  return v_detail;
end;
$$;

select pg_temp.refused('NE422', 'a cron expression that does not exist', 'x', :'path', '61 * * * *');
select pg_temp.refused('NE422', 'no cron expression', 'x', :'path', null);
select pg_temp.refused('NE422', 'a day that never comes', 'x', :'path', '0 0 30 2 *');
select pg_temp.refused('NE422', 'a time zone that does not exist', 'x', :'path', '@daily', 'Mars/Phobos');
select pg_temp.refused('NE422', 'one that PostgreSQL would make up', 'x', :'path', '@daily', 'Berlin2');
select pg_temp.refused('NE422', 'one that is the machine''s own', 'x', :'path', '@daily', 'localtime');
select is(
  pg_temp.detail(:'path', 'Mars/Phobos'), '{"time_zone": "Mars/Phobos"}', 'the detail says that it is the zone'
);
select pg_temp.refused('NE404', 'an unknown playbook', 'x', 'no/such/path', '@daily');
select pg_temp.refused('NE404', 'an unknown version', 'x', :'path', '@daily', 'UTC', '{}', '{"version": 7}');
select pg_temp.refused('NE422', 'a workload that is no mapping', 'x', :'path', '@daily', 'UTC', '[1]');
select pg_temp.refused('NE422', 'an unknown option', 'x', :'path', '@daily', 'UTC', '{}', '{"mised": "all"}');
select pg_temp.refused('NE422', 'an unknown policy', 'x', :'path', '@daily', 'UTC', '{}', '{"missed": "ALL"}');
select pg_temp.refused('NE422', 'a priority that is no digit', 'x', :'path', '@daily', 'UTC', '{}', '{"priority": 10}');
select pg_temp.refused('NE422', 'active neither true nor false', 'x', :'path', '@daily', 'UTC', '{}', '{"is_active": "yes"}');
select pg_temp.refused('NE422', 'options that are no mapping', 'x', :'path', '@daily', 'UTC', '{}', '[]');
select pg_temp.refused('NE422', 'a bad name', 'a b', :'path', '@daily');
select pg_temp.refused('NE422', 'no name', null, :'path', '@daily');
select is_empty('table noetl.schedule', 'nothing is stored');

select * from finish();
rollback;
