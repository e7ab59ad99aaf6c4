-- One round trip from a step to the next; and the report must reach the disk, as any report.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))), noetl_test.step('b'))
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select gen_random_uuid() as r \gset
select noetl.exchange(:'w', jsonb_build_array(noetl_test.event(:'w', :x, :'c')), :'r', 5)::text as answer \gset
select is(:'answer'::jsonb #> '{recorded,recorded}', '1', 'the report is recorded');
select is(:'answer'::jsonb #>> '{commands,0,step}', 'b', 'what follows is handed out at once');
select is(
  (select jsonb_agg(to_jsonb(c)) from noetl.claim_commands(:'w', :'r', 5) as c), :'answer'::jsonb -> 'commands',
  'as a claim of the same request would give it'
);
set local synchronous_commit = on;
select noetl.exchange(:'w', '[]', gen_random_uuid(), 5);
select is(current_setting('synchronous_commit'), 'on', 'its transaction waits for the disk');

select * from finish();
rollback;
