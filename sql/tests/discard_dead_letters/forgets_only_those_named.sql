-- Discarding is for ever: it takes the named ones, and says how many there were.
begin;
select plan(3);
select noetl.park_message('a', 's', 'r', 'x', now(), 1), noetl.park_message('b', 's', 'r', 'x', now(), 1) \g /dev/null
select dead_letter_id as id from noetl.dead_letter where message_key = 'a' \gset
select is(noetl.discard_dead_letters(array[:id, -1]), 1, 'one of them was there');
select is(noetl.discard_dead_letters(array[:id]), 0, 'again: none');
select is((select string_agg(message_key, ',') from noetl.dead_letter), 'b', 'the other stays');
select * from finish();
rollback;
