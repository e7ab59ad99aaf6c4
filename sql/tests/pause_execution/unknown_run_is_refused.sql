-- A mistyped id must not look like success.
begin;
select plan(4);
select throws_ok('select noetl.pause_execution(42)', 'NE404', null, 'pause');
select throws_ok('select noetl.resume_execution(42)', 'NE404', null, 'resume');
select throws_ok('select noetl.retry_execution(42)', 'NE404', null, 'retry');
select throws_ok($$select noetl.signal_execution(42, 'go')$$, 'NE404', null, 'signal');

select * from finish();
rollback;
