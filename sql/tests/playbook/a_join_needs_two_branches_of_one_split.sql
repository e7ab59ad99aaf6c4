-- A join that waits for branches that cannot come would hang, one that does not wait would run
-- twice.
begin;
select plan(5);

create function pg_temp.joins(p_steps jsonb)
returns text []
language sql
as $function$
  select coalesce(array_agg(j.step order by j.step), '{}')
  from noetl_internal.step_joins(
    noetl_internal.compile_playbook(jsonb_build_object('workflow', p_steps)) -> 'steps'
  ) as j
$function$;

create temporary table shape (name text, steps jsonb);
insert into shape values
('diamond', '[
  {"step": "s", "next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}]}},
  {"step": "a", "next": {"arcs": [{"step": "j"}]}}, {"step": "b", "next": {"arcs": [{"step": "j"}]}},
  {"step": "j"}]');

select is(pg_temp.joins(steps), '{j}', 'both branches reach it') from shape;
select is(
  pg_temp.joins(jsonb_set(steps, '{0,next,spec,mode}', '"exclusive"')), '{}',
  'an exclusive split takes one branch: nothing to wait for'
) from shape;
select is(
  pg_temp.joins(jsonb_set(steps, '{3,spec}', '{"join": "any"}', true)), '{}', 'join: any waits for nobody'
) from shape;
select is(
  pg_temp.joins(jsonb_set(steps, '{3,next}', '{"arcs": [{"step": "s", "when": "{{ ctx.x }}"}]}', true)), '{}',
  'on a cycle steps do not join by themselves'
) from shape;
select is(
  pg_temp.joins(jsonb_set(
    jsonb_set(steps, '{3,next}', '{"arcs": [{"step": "s", "when": "{{ ctx.x }}"}]}', true),
    '{3,spec}', '{"join": "all"}', true
  )), '{j}', 'unless they say so'
) from shape;

select * from finish();
rollback;
