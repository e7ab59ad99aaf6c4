-- A call of a process that was killed since may arrive after that of the next one.
begin;
select plan(9);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
\set younger '2030-01-01 00:00:02+00'
\set older '2030-01-01 00:00:01+00'
select noetl.register_session('w', '{default}', '{}', :'younger') as w \gset
select count(*) as claimed from noetl_test.claim(:'w') \gset
select is(:claimed, 1, 'the worker holds a command');
select is(
  noetl.register_session('w', '{default}', '{}', :'younger'), :'w', 'asked again, it gets the session it has'
);
select is((select session_id from noetl.command where execution_id = :x), :'w', 'and holds what it held');
select throws_ok(
  format($$ select noetl.register_session('w', '{default}', '{}', %L) $$, :'older'), 'NE410', null,
  'an older process is refused'
);
select is((select status from noetl.runtime where session_id = :'w'), 'active', 'nothing has happened to the younger');
update noetl.runtime set status = 'ended', ended_at = now() where session_id = :'w';
select noetl.register_session('w', '{default}', '{}', :'younger') as v \gset
select isnt(:'v'::uuid, :'w'::uuid, 'its session has ended: it gets another');
select throws_ok(
  format('select noetl.heartbeat(%L, %L)', :'w', '{}'), 'NE401', null,
  'a late call under its former session does not stop it'
);
select noetl_test.worker('w') as u \gset
select throws_ok(
  format('select noetl.heartbeat(%L, %L)', :'v', '{}'), 'NE410', null,
  'a process that does not tell its age is the youngest'
);

-- The clock of the younger one's host was minutes ahead, and it has died.
update noetl.runtime set started_at = :'younger', heartbeat_at = heartbeat_at - interval '61 s'
where session_id = :'u';
select lives_ok(
  format($$ select noetl.register_session('w', '{default}', '{}', %L) $$, :'older'),
  'one that has been silent for a minute has lost its name to whoever asks'
);

select * from finish();
rollback;
