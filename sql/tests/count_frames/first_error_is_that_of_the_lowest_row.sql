-- The error of a loop must not depend on which slot reported first.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object(
    'loop', noetl_test.cursor('{"max_in_flight": 3, "policy": "best_effort"}'), 'spec', '{"fanout": {"max_failures": 2}}'::jsonb)))
) as x \gset
select noetl_test.worker() as w \gset
create temp table held as select * from noetl_test.claim(:'w');
select noetl_test.report(:'w', :x, command_id, '{}', null, jsonb_build_object('frame', jsonb_build_object(
  'items', jsonb_build_array(jsonb_build_object('error', jsonb_build_object('kind', 'sql', 'message', 'no ' || iter_index))))))
from (select * from held order by iter_index desc) as h \g /dev/null
select is(
  (select error ->> 'message' from noetl.run where execution_id = :x), '3 of 3 items failed; item 0: no 0', 'the lowest row''s error'
);
select is((select first_error ->> 'item' from noetl.loop where execution_id = :x), '0', 'is the loop''s');

select * from finish();
rollback;
