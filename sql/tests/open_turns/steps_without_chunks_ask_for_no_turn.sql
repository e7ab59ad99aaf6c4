-- Streams must cost those nothing that have none: no plain step looks for its turn, or for others
-- whose turn has come.
begin;
select plan(1);
create or replace function noetl_internal.is_turn(p_token noetl.token) returns boolean language plpgsql as $$
begin
  raise exception 'asked for step %', p_token.step;
end;
$$;
create or replace function noetl_internal.open_turns(p_token noetl.token) returns void language plpgsql as $$
begin
  raise exception 'asked after step %', p_token.step;
end;
$$;
select is(
  noetl_test.outcome(jsonb_build_array(
    noetl_test.step('a', '{"next": {"arcs": [{"step": "b", "input": {"n": 1}}]}}'),
    noetl_test.step('b', jsonb_build_object('loop', noetl_test.loop(2), 'next', noetl_test.next('c'))),
    noetl_test.step('c', '{"spec": {"policy": {"admit": {"rules": [{"when": "false", "then": {"allow": true}}, {"else": {"then": {"allow": false, "discard": true}}}]}}}}')
  )),
  'completed: a b', 'steps with and without input, loops and skipped steps do neither'
);
select * from finish();
rollback;
