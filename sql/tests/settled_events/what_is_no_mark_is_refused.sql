-- A follower passes back what it was told; anything else would let it miss events.
begin;
select plan(9);
select throws_ok(format('select noetl.settled_events(%L)', m), 'NE422', null, m)
from unnest(array[
  '5', 'null', '[]', '{}', '{"settled": 1, "pending": 2}', '{"settled": "x", "pending": 2, "writers": []}',
  '{"settled": 1, "pending": 99999999999999999999, "writers": []}', '{"settled": 1, "pending": 2, "writers": {}}'
]) as m;
select lives_ok('select noetl.settled_events(noetl.settled_events())', 'what it answered is taken');
select * from finish();
rollback;
