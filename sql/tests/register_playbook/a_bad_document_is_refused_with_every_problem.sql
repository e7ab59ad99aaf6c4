-- Half a playbook must never be stored, and nobody should have to fix one problem per attempt.
begin;
select plan(3);

create temporary table told (detail jsonb);
do $do$
declare
  v_detail text;
begin
  perform noetl.register_playbook('{"metadata": {"name": "bad"}, "workflow": [
    {"step": "a", "tool": {"kind": "htpp"}, "set": {"ctx.x": "{{ 1 + }}"}, "next": {"arcs": [{"step": "b"}]}}
  ]}');
exception
  when sqlstate 'NE422' then
    get stacked diagnostics v_detail = pg_exception_detail;
    insert into told values (v_detail::jsonb);
end
$do$;

select is((select count(*)::integer from told), 1, 'refused with NE422');
select is(
  (
    select array_agg(p ->> 'path' order by p ->> 'path')
    from told, jsonb_array_elements(detail) as p where p ->> 'severity' = 'error'
  ),
  array['workflow[0].next.arcs[0].step', 'workflow[0].set.ctx.x', 'workflow[0].tool.kind'],
  'all errors at once, each with its path'
);
select is_empty('select from noetl.catalog where path = ''bad''', 'nothing is stored');

select * from finish();
rollback;
