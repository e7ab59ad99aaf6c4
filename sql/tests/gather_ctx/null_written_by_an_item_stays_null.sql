-- A null is a value: dropping it would leave an older one in place.
begin;
select plan(1);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(2, '{"mode": "parallel"}')))
  )
) as x \gset
select noetl_test.work(:x, '{"a[1]": {"ctx": {"v": null}}}');
select is(noetl_test.ctx(:x, 'v'), 'null', 'ctx.v was written as null');

select * from finish();
rollback;
