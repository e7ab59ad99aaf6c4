-- What cannot be kept must be told at once, not lost.
begin;
select plan(5);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select throws_ok(format('select noetl.signal_execution(%s, %L)', :x, ''), 'NE422', null, 'no name');
select throws_ok(format('select noetl.signal_execution(%s, null)', :x), 'NE422', null, 'null');
select throws_ok(format('select noetl.signal_execution(%s, ''s'', to_jsonb(repeat(''x'', 40000)))', :x), 'NE422', null, 'too large');
select throws_ok(format('select noetl.signal_execution(%s, ''s'', ''1'', ''{"ttl": "soon"}'')', :x), 'NE422', null, 'no duration');
select is_empty('select from noetl.signal', 'nothing is kept');

select * from finish();
rollback;
