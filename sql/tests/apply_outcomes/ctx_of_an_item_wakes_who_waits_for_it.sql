-- A sequential loop writes ctx as it goes; a branch that waits for that must not wait for the
-- loop's end.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "l"}, {"step": "w"}]}}'),
    noetl_test.step('l', jsonb_build_object('loop', noetl_test.loop(3))),
    noetl_test.step('w', '{"spec": {"policy": {"admit": {"rules": [{"when": "{{ ctx.go }}", "then": {"allow": true}},
      {"else": {"then": {"allow": false}}}]}}}}')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select command_id as c from noetl_test.claim(:'w') \gset

select is(noetl_test.entered(:x), 's l', 'w waits');
select noetl_test.report(:'w', :x, :'c', '{}', null, '{"ctx": {"go": true}}');
select is(noetl_test.entered(:x), 's l w', 'w goes on when the first item has said so');

select * from finish();
rollback;
