-- References, not payloads, ride in events: whatever writes one, the table refuses.
begin;
select plan(5);
create function pg_temp.write(p_result jsonb) returns text language sql as $$
  select format(
    'insert into noetl.event (execution_id, event_type, result, created_at) values (%s, %L, %L, now())',
    noetl_internal.new_execution_id(), 'call.done', p_result
  )
$$;
select lives_ok(pg_temp.write(jsonb_build_object('status', 'ok', 'context', jsonb_build_object('data', repeat('x', 1024)))), 'S.B: a small value may ride along');
select throws_ok(pg_temp.write(jsonb_build_object('status', 'ok', 'context', jsonb_build_object('data', repeat('x', 2048)))), '23514', null, 'S.B: an inline payload is refused by a check');
select throws_ok(pg_temp.write(jsonb_build_object('status', 'ok', 'context', jsonb_build_object('http', repeat('x', 8192)))), '23514', null, 'S.B: so is a large context');
select throws_ok(pg_temp.write('{"status": "ok", "rows": [1]}'), '23514', null, 'S.B: and anything but status, reference, context');
select matches(
  (select string_agg(conname, ',') from pg_constraint where contypid = 'noetl_internal.event_result'::regtype),
  'event_result_has_no_payload', 'S.B: the check says why by its name'
);
select * from finish();
rollback;
