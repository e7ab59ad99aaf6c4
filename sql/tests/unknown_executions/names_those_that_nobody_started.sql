-- A report of an execution that there is not is counted as late: only this tells it from a repeat.
begin;
select plan(2);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select is(noetl.unknown_executions(array[:x, 5, 5, null]), array[5::bigint], 'each once, known ones not');
select is(noetl.unknown_executions('{}'), '{}', 'none of none');
select * from finish();
rollback;
