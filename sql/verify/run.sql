-- Verify noetl:run on pg
begin;

select 1 / (pg_catalog.to_regclass(t.name) is not null)::integer
from (
  values
  ('noetl.start_key'),
  ('noetl.run'),
  ('noetl.variable'),
  ('noetl.token'),
  ('noetl.slot'),
  ('noetl.signal'),
  ('noetl.loop'),
  ('noetl.loop_repeat'),
  ('noetl.loop_tally'),
  ('noetl.command'),
  ('noetl.change')
) as t (name);

rollback;
