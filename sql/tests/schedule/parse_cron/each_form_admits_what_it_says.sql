-- The forms that people know from crontab(5), and what each stands for.
begin;
select plan(21);

create function pg_temp.minutes(p_text text) returns text language sql as $$
  select array_to_string((noetl_internal.parse_cron(p_text || ' * * * *')).minutes, ' ')
$$;
create function pg_temp.weekdays(p_text text) returns text language sql as $$
  select array_to_string((noetl_internal.parse_cron('* * * * ' || p_text)).weekdays, ' ')
$$;
create function pg_temp.months(p_text text) returns text language sql as $$
  select array_to_string((noetl_internal.parse_cron('* * * ' || p_text || ' *')).months, ' ')
$$;

select is(cardinality((noetl_internal.parse_cron('* * * * *')).minutes), 60, '* is every value');
select is(pg_temp.minutes('5'), '5', 'a value');
select is(pg_temp.minutes('05'), '5', 'a leading zero is no octal');
select is(pg_temp.minutes('5,1,5'), '1 5', 'a list, in order and without repeats');
select is(pg_temp.minutes('57-59'), '57 58 59', 'a range');
select is(pg_temp.minutes('*/20'), '0 20 40', 'a step over all values');
select is(pg_temp.minutes('10-20/5'), '10 15 20', 'a step over a range');
select is(pg_temp.minutes('50/4'), '50 54 58', 'a step from a value on');
select is(pg_temp.minutes('1-3,7,50/5'), '1 2 3 7 50 55', 'all of them in a list');
select is(pg_temp.months('jan,DEC'), '1 12', 'months have names, in any case');
select is(pg_temp.months('feb-apr'), '2 3 4', 'a range of names');
select is(pg_temp.weekdays('mon-fri'), '1 2 3 4 5', 'weekdays have names');
select is(pg_temp.weekdays('0'), '0', 'Sunday is 0');
select is(pg_temp.weekdays('7'), '0', 'Sunday is 7');
select is(pg_temp.weekdays('sat-7'), '0 6', 'Sunday ends a range as 7');
select is(pg_temp.weekdays('fri-sun'), '0 5 6', 'Sunday ends a range by its name');
select is(pg_temp.weekdays('*'), '0 1 2 3 4 5 6', '* holds Sunday once');
select is(
  noetl_internal.parse_cron(E'\t 30   2 1 1  mon '), noetl_internal.parse_cron('30 2 1 1 mon'),
  'blanks separate, however many'
);
select results_eq(
  $$
    select c.is_either_day, c.is_real_time
    from unnest('{0 2 1 * mon,0 2 * * mon,0 2 1 * *,0 2 */2 * mon,0 2 1 * */2}'::text[]) as t (cron)
    cross join noetl_internal.parse_cron(t.cron) as c
  $$,
  $$ values (true, false), (false, false), (false, false), (false, false), (false, false) $$,
  'either day is enough unless one of them begins with a star'
);
select results_eq(
  $$
    select c.is_real_time
    from unnest('{0 2 1 * *,* 2 1 * *,*/5 2 1 * *,0 * 1 * *,0 */2 1 * *}'::text[]) as t (cron)
    cross join noetl_internal.parse_cron(t.cron) as c
  $$,
  $$ values (false), (true), (true), (true), (true) $$,
  'a star in minute or hour makes it follow real time'
);
select is_empty(
  $$
    select t.nickname, t.cron
    from (values
      ('@hourly', '0 * * * *'), ('@daily', '0 0 * * *'), ('@midnight', '0 0 * * *'),
      ('@weekly', '0 0 * * 0'), ('@monthly', '0 0 1 * *'), ('@yearly', '0 0 1 1 *'),
      ('@annually', '0 0 1 1 *'), (' @Daily ', '0 0 * * *')
    ) as t (nickname, cron)
    where noetl_internal.parse_cron(t.nickname) is distinct from noetl_internal.parse_cron(t.cron)
  $$,
  'nicknames'
);

select * from finish();
rollback;
