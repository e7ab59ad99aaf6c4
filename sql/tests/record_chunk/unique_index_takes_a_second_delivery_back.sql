-- Should two sessions ever get past the look at the last chunk, the index still lets one through.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [{"step": "each", "on": "call.partial"}]}}'), noetl_test.step('each')
  )
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.chunk(:'w', :x, :'c', 0) \g /dev/null
select throws_ok(
  format($$insert into noetl.event (execution_id, event_type, current_index, meta, created_at)
    values (%s, 'call.partial', 0, '{"token_id": 1, "chunk_index": 0}', now())$$, :x),
  '23505', null, 'a second event of the chunk cannot be stored'
);
create or replace function noetl_internal.last_chunk(p_execution_id bigint, p_token_id integer, out chunk_index integer, out split_id integer)
language sql as 'select -1, null::integer';
select is(noetl_test.chunk(:'w', :x, :'c', 0) -> 'late', '1', 'who does not see the first is late all the same');
select is((select count(*) from noetl.token where execution_id = :x), 2::bigint, 'and its token is taken back');
select * from public.finish();
rollback;
