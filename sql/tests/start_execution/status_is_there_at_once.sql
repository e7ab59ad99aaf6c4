-- Who starts a run may look at it with the next call: the projection has not come by yet.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3))))
) as x \gset
select isnt_empty(format('select from noetl.change where execution_id = %s and kind = ''dirty''', :x), 'nobody has projected it');
select is((select status from noetl.execution_status(:x)), 'running', 'it is found');
select is((select loops #> '{a,total}' from noetl.execution_status(:x)), '3', 'with what has begun');

select * from finish();
rollback;
