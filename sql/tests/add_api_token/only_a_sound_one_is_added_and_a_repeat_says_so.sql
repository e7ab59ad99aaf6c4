-- A lost reply must not make a second token, and a name must mean one token.
begin;
select plan(10);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select sha256('one') as one, sha256('two') as two \gset

select ok(noetl.add_api_token('ci', :'one', '{operator}'), 'added');
select ok(not noetl.add_api_token('ci', :'one', '{operator}'), 'a repeat adds nothing');
select throws_ok(format('select noetl.add_api_token(%L, %L, %L)', 'ci', :'two', '{reader}'), 'NE422', null, 'the name is taken');
select throws_ok(format('select noetl.add_api_token(%L, %L, %L)', 'x', :'one', '{reader}'), 'NE422', null, 'the token has another name');
select throws_ok(format('select noetl.add_api_token(%L, %L, %L)', '', :'two', '{reader}'), 'NE422', null, 'it has no name');
select throws_ok(format('select noetl.add_api_token(%L, %L, %L)', 'x', 'short', '{reader}'), 'NE422', null, 'that is no hash');
select throws_ok(format('select noetl.add_api_token(%L, %L, %L)', 'x', :'two', '{}'), 'NE422', null, 'it has no scope');
select throws_ok(format('select noetl.add_api_token(%L, %L, %L)', 'x', :'two', '{root}'), 'NE422', null, 'there is no such scope');
select throws_ok(
  format('select noetl.add_api_token(%L, %L, %L, %L)', 'x', :'two', '{reader}', '2029-12-31'), 'NE422', null, 'it has expired already'
);
select results_eq(
  'select name, scopes, created_by, created_at, expires_at, revoked_at, last_used_at from noetl.list_api_tokens()',
  $$ values ('ci'::text, '{operator}'::text[], session_user, '2030-01-01 00:00:00+00'::timestamptz,
    null::timestamptz, null::timestamptz, null::timestamptz) $$,
  'one token is listed'
);
select * from finish();
rollback;
