-- Counting a loop's items must not scan the history of its run.
begin;
select plan(2);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(50, '{"mode": "parallel", "max_in_flight": 50}'))))) as x \gset
select noetl_test.work(:x);
insert into noetl.event (execution_id, event_type, created_at)
select :x, 'step.enter', now() from generate_series(1, 5000);
analyze noetl.event;
select loop_id as l from noetl.loop where execution_id = :x \gset
create temp table plan as
select line from noetl_test.plan(
  format($$ select count(*) from noetl.event where execution_id = %s and meta ->> 'loop_id' = '%s' and meta ? 'loop_id' and event_type = 'loop.item' $$, :x, :l)
) as line;
select ok(exists (select from plan where line like '%loop_id%' and line like '%Index%'), 'P1.1-2: by idx_event_loop_id_type');
select ok(not exists (select from plan where line like '%Seq Scan%'), 'P3.2-1: nothing is scanned');

select * from finish();
rollback;
