-- What an ended session reports would be late anyway; a bad report does not cost the others.
begin;
select plan(4);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select throws_ok(
  format('select noetl.exchange(%L, %L, gen_random_uuid(), 5)', :'w', '{}'), 'NE422', null, 'a list is needed'
);
select is(
  noetl.exchange(
    :'w', jsonb_build_array('junk', noetl_test.event(:'w', :x, :'c')), gen_random_uuid(), 5
  ) #> '{recorded,recorded}', '1', 'the good report beside a bad one is recorded'
);
select noetl.end_session(:'w');
select throws_ok(
  format('select noetl.exchange(%L, %L, gen_random_uuid(), 5)', :'w', '[]'), 'NE401', null, 'an ended session is told'
);
select noetl_test.worker() as v \gset
select throws_ok(
  format('select noetl.exchange(%L, %L, gen_random_uuid(), 5)', :'w', '[]'), 'NE410', null, 'and so is one whose name is taken'
);

select * from finish();
rollback;
