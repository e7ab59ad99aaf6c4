-- A worker that missed the reply says the same again.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))), noetl_test.step('b'))
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select gen_random_uuid() as r \gset
select noetl.exchange(:'w', jsonb_build_array(noetl_test.event(:'w', :x, :'c')), :'r', 5)::text as first \gset
select noetl.exchange(:'w', jsonb_build_array(noetl_test.event(:'w', :x, :'c')), :'r', 5)::text as again \gset
select is(:'again'::jsonb -> 'commands', :'first'::jsonb -> 'commands', 'the same commands');
select is(:'again'::jsonb #> '{recorded,late}', '1', 'the report is late');
select is(noetl_test.count(:x, 'command.issued'), 2, 'nothing is issued twice');

select * from finish();
rollback;
