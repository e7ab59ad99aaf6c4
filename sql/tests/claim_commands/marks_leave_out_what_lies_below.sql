-- Dead rows that a foreign snapshot keeps are not walked over again; a mark only narrows the search.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(6, '{"mode": "parallel"}'))))
) as x \gset
select noetl_test.worker() as w \gset
select max(place) + 1 as mark from noetl.claim_commands(:'w', gen_random_uuid(), 2) \gset
select is(
  (select array_agg(iter_index order by iter_index) from noetl.claim_commands(:'w', gen_random_uuid(), 2, jsonb_build_object('5', :mark))),
  '{2,3}', 'what follows is found'
);
select is_empty(
  format('select * from noetl.claim_commands(%L, gen_random_uuid(), 2, %L)', :'w', '{"5": 1000000}'), 'below a mark nothing is looked at'
);
select is(
  (select count(*) from noetl.claim_commands(:'w', gen_random_uuid(), 10, '{"9": 1000000}')), 2::bigint, 'another priority''s mark does not matter'
);

select * from finish();
rollback;
