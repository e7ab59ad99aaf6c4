-- One bad event must not fail the good ones of its batch, whatever they leave out.
begin;
select plan(2);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset

select noetl.record_events(
  jsonb_build_array(
    '{"type": "nonsense"}'::jsonb,
    noetl_test.event(:'w', :x, :'c', '{}', null, '{"result": null, "error": null, "ctx": null, "meta": null}')
  )
) as answer \gset
select is(:'answer'::jsonb -> 'recorded', '1', 'the good one is recorded');
select is(
  jsonb_path_query_array(:'answer', '$.rejected[*].index'), '[0]', 'the bad one is rejected by its index'
);

select * from finish();
rollback;
