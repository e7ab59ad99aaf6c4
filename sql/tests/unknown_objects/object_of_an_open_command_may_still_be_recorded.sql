-- A store may say of an object that was just written that it is hours old: when its upload began.
begin;
select plan(3);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
create function pg_temp.unknown(p_x bigint, p_name text) returns bigint language sql as $$
  select count(*) from noetl.unknown_objects(
    (select session_id from noetl.runtime where name = 'w1' and status = 'active'),
    jsonb_build_array(jsonb_build_object('execution_id', p_x, 'uri', format('s3://b/exec/%s/a.b/%s', p_x, p_name))))
$$;
select is(pg_temp.unknown(:x, :'c' || '.result-00ff00ff.json'), 0::bigint, 'its command is at work');
select is(pg_temp.unknown(:x, 'x' || :'c' || '.result-00ff00ff.json'), 1::bigint, 'no command has this id');
select noetl_test.report(:'w', :x, :'c') \g /dev/null
select is(pg_temp.unknown(:x, :'c' || '.result-00ff00ff.json'), 1::bigint, 'its command has ended without it');
select * from finish();
rollback;
