-- A message is delivered again when its acknowledgement is lost: it must not be parked twice, and a
-- large one must not fill the database.
begin;
select plan(6);
select ok(noetl.park_message('k', 's', 'why', 'abc', '2030-01-01 00:00:00+00', 2), 'parked');
select ok(not noetl.park_message('k', 's', 'other', 'xyz', now(), 3), 'not again');
select results_eq(
  $$ select reason, payload, bytes, deliveries from noetl.dead_letter where message_key = 'k' $$,
  $$ values ('why', 'abc'::bytea, 3::bigint, 2) $$,
  'what was parked first stands'
);
select ok(noetl.park_message('l', null, null, convert_to(repeat('x', 100000), 'utf8'), null, null), 'large');
select results_eq(
  $$ select octet_length(payload), bytes, subject, deliveries from noetl.dead_letter where message_key = 'l' $$,
  $$ values (65536, 100000::bigint, '', 1) $$,
  'of a large one the beginning is kept'
);
select throws_ok(
  $$ select noetl.park_message('', 's', 'r', 'x', now(), 1) $$, 'NE422', null, 'a message needs a key'
);
select * from finish();
rollback;
