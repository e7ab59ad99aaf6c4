-- Templates that do not compile, and those that use older names.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_templates(p_compiled jsonb)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select p.*
    from noetl_internal.list_templates(p_compiled) as t
    cross join lateral jsonb_array_elements(t.template -> 'problems') as f (found)
    cross join lateral noetl_internal.make_problem(
      case when t.is_worker then 'warning' else 'error' end,
      f.found ->> 'path', f.found ->> 'message', f.found ->> 'hint'
    ) as p
    union all
    select p.*
    from noetl_internal.list_templates(p_compiled) as t
    cross join lateral noetl_internal.make_problem(
      'warning', t.template ->> 'at', 'older name in an expression',
      format('Write: %s', t.template ->> 'older')
    ) as p
    where t.template ? 'older';
end;
$function$;

comment on function noetl_internal.check_templates(jsonb)
is 'Templates that do not compile, and those that use older names.';
