-- After a mend, parked reports are recorded; each fails or succeeds for itself.
begin;
select plan(5);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl.park_message('good', 's', 'why', convert_to(noetl_test.event(:'w', :x, :'c')::text, 'utf8'), now(), 1) \g /dev/null
select noetl.park_message('text', 's', 'why', '{', now(), 1) \g /dev/null
select noetl.park_message('type', 's', 'why', '[{"type": "x"}]', now(), 1) \g /dev/null
select noetl.park_message('run', 's', 'why', convert_to(jsonb_build_array(noetl_test.event(:'w', 5, :'c'))::text, 'utf8'), now(), 1) \g /dev/null
select noetl.park_message('none', 's', 'why', '[]', now(), 1) \g /dev/null
select noetl.park_message('null', 's', 'why', 'null', now(), 1) \g /dev/null
select noetl.park_message('large', 's', 'why', convert_to(repeat(' ', 70000), 'utf8'), now(), 1) \g /dev/null
select results_eq(
  $$
    select r.is_recorded, r.reason
    from noetl.retry_dead_letters(array(select dead_letter_id from noetl.dead_letter) || -1::bigint) as r
    order by r.dead_letter_id
  $$,
  $$
    values
      (true, 'why'), (false, 'invalid input syntax for type json'),
      (false, 'execution_id must be an integer'), (false, 'there is no execution 5'),
      (false, 'it holds no report'), (false, 'an event must be a mapping'),
      (false, 'only the first 65536 of 70000 bytes are kept')
  $$,
  'each for itself; an id that is not parked is left out'
);
select is((select string_agg(message_key, ',' order by message_key) from noetl.dead_letter), 'large,none,null,run,text,type', 'what is recorded is parked no longer');
select is((select reason from noetl.dead_letter where message_key = 'run'), 'there is no execution 5', 'the reason is that of the last try');
select is((select count(*) from noetl.command where execution_id = :x), 0::bigint, 'the command has ended');
select is_empty('select noetl.retry_dead_letters(array[-1::bigint])', 'none of none');
select * from finish();
rollback;
