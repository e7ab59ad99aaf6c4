-- A token that leaked is replaced under the name that people know.
begin;
select plan(6);
select noetl.add_api_token('ci', sha256('one'), '{reader}') \g /dev/null
select noetl.add_api_token('other', sha256('other'), '{reader}') \g /dev/null
select ok(noetl.revoke_api_token('ci'), 'revoked');
select ok(not noetl.revoke_api_token('ci'), 'a repeat changes nothing');
select throws_ok('select noetl.revoke_api_token(''nobody'')', 'NE404', null, 'there is no such token');
select isnt_empty($$ select from noetl.check_api_token(sha256('other')) $$, 'others stay');
select throws_ok($$ select noetl.add_api_token('ci', sha256('one'), '{reader}') $$, 'NE422', null, 'the revoked one stays revoked');
select ok(noetl.add_api_token('ci', sha256('two'), '{reader}'), 'another one takes the name');
select * from finish();
rollback;
