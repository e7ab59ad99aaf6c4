-- A worker reads what the run's starter may use, and only while it holds a command of the run.
begin;
select plan(4);
select noetl_test.start('[{"step": "a", "tool": {"kind": "noop"}}]') as x \gset
select noetl_test.worker() as w \gset
select noetl.put_credential('mine', 'postgres', 'cipher');
select throws_ok(format('select noetl.read_credential(%L, %s, %L)', :'w', :x, 'mine'), 'NE403', null, 'without a command of the run: no');
select noetl_test.claim(:'w') \g /dev/null
select is(
  noetl.read_credential(:'w', :x, 'mine'), '{"name": "mine", "kind": "postgres", "secret": "Y2lwaGVy"}', 'the ciphertext'
);
select throws_ok(format('select noetl.read_credential(%L, %s, %L)', :'w', :x, 'none'), 'NE424', null, 'an unknown one');
create role test_starter;
update noetl.run set started_by = 'test_starter' where execution_id = :x;
select throws_ok(format('select noetl.read_credential(%L, %s, %L)', :'w', :x, 'mine'), 'NE403', null, 'one that the starter may not use');

select * from public.finish();  -- state made by hand: no events tell of it
rollback;
