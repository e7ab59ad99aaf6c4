-- Sealed anew is every credential or the old key stays in use; so whoever does it sees them all.
begin;
select plan(3);
create role test_author in role noetl_author;
set local session authorization test_author;
select noetl.put_credential('theirs', 'http', 'one') \g /dev/null
select throws_ok('select * from noetl.list_sealed_credentials()', '42501', null, 'an author may not');
reset session authorization;
select noetl.put_credential('ours', 'postgres', 'two') \g /dev/null

select results_eq(
  'select name, secret from noetl.list_sealed_credentials()',
  $$ values ('ours'::text, 'two'::bytea), ('theirs', 'one') $$,
  'all of them, whoever owns them'
);
select results_eq(
  'select name, secret from noetl.list_sealed_credentials()',
  $$ values ('ours'::text, 'two'::bytea), ('theirs', 'one') $$,
  'a repeat reads the same'
);
select * from finish();
rollback;
