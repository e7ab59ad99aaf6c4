-- A sequential loop's next item sees what the last one wrote to ctx.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3))))
) as x \gset
select noetl_test.worker() as w \gset
create function pg_temp.turns(p_session uuid) returns text language plpgsql as $$
declare
  v_line text := '';
  v_command record;
begin
  loop
    select * into v_command from noetl_test.claim(p_session);
    exit when not found;
    v_line := v_line || format(
      '%s sees %s; ', v_command.iter_index,
      noetl.read_context(p_session, v_command.execution_id, '{ctx}') #> '{ctx,seen}'
    );
    perform noetl_test.report(
      p_session, v_command.execution_id, v_command.command_id, '{}', null,
      jsonb_build_object('ctx', jsonb_build_object('seen', v_command.iter_index))
    );
  end loop;
  return v_line;
end;
$$;

select is((select count(*) from noetl.command), 1::bigint, 'one is issued');
select is(pg_temp.turns(:'w'), '0 sees ; 1 sees 0; 2 sees 1; ', 'in order, each sees the last');
select is((select status from noetl.run where execution_id = :x), 'completed', 'the run completes');

select * from finish();
rollback;
