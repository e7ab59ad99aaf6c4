-- A slip must be told when the schedule is put, not found in the night when nothing ran.
begin;
select plan(4);

create temporary table bad (cron text, field text);
insert into bad
values
  (null, null), ('', null), ('   ', null), ('* * * *', null), ('* * * * * *', null),
  ('@reboot', null), ('@every 5m', null), ('@', null), ('daily', null),
  ('60 * * * *', 'minute'), ('-1 * * * *', 'minute'), ('1.5 * * * *', 'minute'),
  ('a * * * *', 'minute'), ('1,,2 * * * *', 'minute'), (', * * * *', 'minute'),
  ('5- * * * *', 'minute'), ('-5 * * * *', 'minute'), ('1-2-3 * * * *', 'minute'),
  ('9-5 * * * *', 'minute'), ('*/0 * * * *', 'minute'), ('*/90 * * * *', 'minute'),
  ('*/ * * * *', 'minute'), ('/5 * * * *', 'minute'), ('*5 * * * *', 'minute'),
  ('5* * * * *', 'minute'), ('**  * * * *', 'minute'), ('? * * * *', 'minute'),
  ('999999999999 * * * *', 'minute'), ('*/999999999999 * * * *', 'minute'),
  ('0 24 * * *', 'hour'), ('0 2h * * *', 'hour'), ('0 jan * * *', 'hour'),
  ('0 0 0 * *', 'day of month'), ('0 0 32 * *', 'day of month'), ('0 0 L * *', 'day of month'),
  ('0 0 15W * *', 'day of month'), ('0 0 * 0 *', 'month'), ('0 0 * 13 *', 'month'),
  ('0 0 * fri *', 'month'), ('0 0 * january *', 'month'), ('0 0 * dec-jan *', 'month'),
  ('0 0 * * 8', 'day of week'), ('0 0 * * jan', 'day of week'), ('0 0 * * 5#2', 'day of week'),
  ('0 0 * * fri-mon', 'day of week'), ('0 0 * * 5L', 'day of week');

create function pg_temp.refusal(p_cron text)
returns table (code text, field text, message text, hint text)
language plpgsql as $$
#variable_conflict use_column
declare
  v_detail text;
begin
  perform noetl_internal.parse_cron(p_cron);
  return next;
exception when others then
  get stacked diagnostics
    code = returned_sqlstate, message = message_text, v_detail = pg_exception_detail,
    hint = pg_exception_hint;
  field := v_detail::jsonb ->> 'field';
  return next;
end;
$$;
create temporary table refused as
select b.cron, b.field as expected, r.* from bad as b cross join pg_temp.refusal(b.cron) as r;

select is_empty($$ select cron, code from refused where code is distinct from 'NE422' $$, 'each with NE422');
select is_empty(
  'select cron, field, expected from refused where field is distinct from expected',
  'the detail names the field'
);
select is_empty(
  $$
    select cron, message from refused
    where cron is not null and (strpos(message, cron) = 0 or strpos(message, coalesce(field, '')) = 0)
  $$,
  'the message names the expression and the field'
);
select is_empty($$ select cron from refused where coalesce(hint, '') = '' $$, 'the hint says what to do');

select * from finish();
rollback;
