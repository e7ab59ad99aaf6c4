-- Parallel items write ctx in any order; the result must not depend on it.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3, '{"mode": "parallel"}'),
      'next', '{"arcs": [{"step": "b", "when": "{{ ctx.last == 2 }}"}]}'::jsonb)),
    noetl_test.step('b')
  )
) as x \gset
select noetl_test.worker() as w \gset
-- The last item reports first.
select noetl_test.report(:'w', :x, c.command_id, '{}', null,
  jsonb_build_object('ctx', jsonb_build_object('last', c.iter_index, 'same', 1, 'own' || c.iter_index, true)))
from (select * from noetl_test.claim(:'w') order by iter_index desc) as c \g /dev/null
select is(noetl_test.ctx(:x, 'last'), '2', 'the last item in order wins');
select is(noetl_test.ctx(:x, 'own0'), 'true', 'every key is kept');
select is(
  (select context -> 'ctx_conflicts' from noetl.event where execution_id = :x and event_type = 'loop.done'), '["last"]',
  'keys written with different values are told'
);
select is(noetl_test.entered(:x), 'a b', 'the arcs see the merged values');

select * from finish();
rollback;
