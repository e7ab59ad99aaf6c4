-- While all are sealed anew somebody may replace one of them: the newer fields must stay.
begin;
select plan(9);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl.put_credential('db', 'postgres', 'old', 'the warehouse') \g /dev/null
select noetl.put_credential('other', 'postgres', 'old') \g /dev/null

set local noetl.test_now = '2030-01-02 00:00:00+00';
select ok(noetl.reseal_credential('db', 'old', 'new'), 'sealed anew');
select ok(not noetl.reseal_credential('db', 'old', 'new'), 'a repeat changes nothing');
select results_eq(
  $$ select kind, secret, description, updated_at from noetl.credential where name = 'db' $$,
  $$ values ('postgres'::text, 'new'::bytea, 'the warehouse'::text, '2030-01-01 00:00:00+00'::timestamptz) $$,
  'its fields are those of before, and so is their time'
);
select results_eq(
  $$ select secret from noetl.credential where name = 'other' $$, $$ values ('old'::bytea) $$, 'others stay'
);

select noetl.put_credential('db', 'postgres', 'newer') \g /dev/null
select ok(not noetl.reseal_credential('db', 'new', 'late'), 'somebody has replaced it meanwhile');
select results_eq(
  $$ select secret from noetl.credential where name = 'db' $$, $$ values ('newer'::bytea) $$, 'theirs stays'
);
select ok(not noetl.reseal_credential('gone', 'old', 'new'), 'somebody has removed it');
select throws_ok($$ select noetl.reseal_credential('db', 'newer', '') $$, 'NE422', null, 'it would be empty');
set local role noetl_author;
select throws_ok($$ select noetl.reseal_credential('db', 'newer', 'x') $$, '42501', null, 'an author may not');
reset role;
select * from finish();
rollback;
