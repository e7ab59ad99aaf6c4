-- A mistyped id must not make an empty run.
begin;
select plan(2);
select throws_ok('select noetl.rebuild(42)', 'NE404', null, 'nothing tells of it');
select is_empty('select from noetl.run', 'and nothing is made');

select * from finish();
rollback;
