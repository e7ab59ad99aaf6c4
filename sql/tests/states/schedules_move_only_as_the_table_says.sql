-- docs/states.md: every pair of state and function; what is not in its table does nothing.
begin;
select plan(1);
set local noetl.test_now = '2026-07-01 00:10:00+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select set_config('test.path', :'path', true);
create function pg_temp.put(p_options jsonb default '{}') returns void language sql as $$
  select noetl.put_schedule('s', current_setting('test.path'), '* * * * *', 'UTC', '{}', p_options)
$$;
create function pg_temp.move(p_from text, p_action text) returns text language plpgsql as $$
begin
  delete from noetl.schedule;
  if p_from <> '-' then
    perform pg_temp.put(jsonb_build_object('is_active', p_from = 'active'));
  end if;
  case p_action
    when 'put' then perform pg_temp.put();
    when 'put active' then perform pg_temp.put('{"is_active": true}');
    when 'put paused' then perform pg_temp.put('{"is_active": false}');
    when 'remove' then perform noetl.remove_schedule('s');
    when 'fire' then
      perform set_config('noetl.test_now', '2026-07-01 00:11:00+00', true);
      perform noetl.fire_schedules();
    when 'stop' then
      update noetl.schedule set time_zone = 'Mars/Phobos';
      perform set_config('noetl.test_now', '2026-07-01 00:11:00+00', true);
      perform noetl.fire_schedules();
    when 'pause' then if p_from <> '-' then perform noetl.pause_schedule('s'); end if;
    when 'resume' then if p_from <> '-' then perform noetl.resume_schedule('s'); end if;
  end case;
  perform set_config('noetl.test_now', '2026-07-01 00:10:00+00', true);
  return coalesce(
    (select case when s.is_active then 'active' else 'paused' end from noetl.schedule as s), '-'
  );
end;
$$;
select set_eq(
  $$
    select m.* from (
      select f.state, a.name, pg_temp.move(f.state, a.name) as after
      from unnest('{-,active,paused}'::text[]) as f (state)
      cross join unnest('{put,put active,put paused,pause,resume,remove,fire,stop}'::text[]) as a (name)
    ) as m
    where m.after <> m.state
  $$,
  $$
    values
      ('-', 'put', 'active'), ('-', 'put active', 'active'), ('-', 'put paused', 'paused'),
      ('active', 'pause', 'paused'), ('active', 'put paused', 'paused'), ('active', 'stop', 'paused'),
      ('paused', 'resume', 'active'), ('paused', 'put active', 'active'),
      ('active', 'remove', '-'), ('paused', 'remove', '-')
  $$,
  'only the moves of the table happen'
);

select * from finish();
rollback;
