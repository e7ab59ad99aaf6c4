-- Who left must not get in.
begin;
select plan(9);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl.add_api_token('ops', sha256('ops'), '{operator}', '2030-01-02') \g /dev/null
select noetl.add_api_token('w', sha256('w'), '{worker}') \g /dev/null

select results_eq($$ select name, scopes from noetl.check_api_token(sha256('ops')) $$, $$ values ('ops', '{operator,reader}'::text[]) $$, 'operator includes reader');
select results_eq($$ select name, scopes from noetl.check_api_token(sha256('w')) $$, $$ values ('w', '{worker}'::text[]) $$, 'worker includes nothing');
select is_empty($$ select from noetl.check_api_token(sha256('nobody')) $$, 'an unknown one has none');
select is_empty($$ select from noetl.check_api_token(null) $$, 'no token has none');

set local noetl.test_now = '2030-01-01 00:00:59+00';
select count(*) from noetl.check_api_token(sha256('w')) \g /dev/null
select is((select last_used_at from noetl.api_token where name = 'w'), '2030-01-01 00:00:00+00', 'its use is noted once a minute');
set local noetl.test_now = '2030-01-01 00:01:01+00';
select count(*) from noetl.check_api_token(sha256('w')) \g /dev/null
select is((select last_used_at from noetl.api_token where name = 'w'), '2030-01-01 00:01:01+00', 'and again in the next');

select noetl.revoke_api_token('w') \g /dev/null
select is_empty($$ select from noetl.check_api_token(sha256('w')) $$, 'a revoked one has none');
set local noetl.test_now = '2030-01-01 23:59:59+00';
select isnt_empty($$ select from noetl.check_api_token(sha256('ops')) $$, 'one is valid to the last second');
set local noetl.test_now = '2030-01-02 00:00:00+00';
select is_empty($$ select from noetl.check_api_token(sha256('ops')) $$, 'an expired one has none');
select * from finish();
rollback;
